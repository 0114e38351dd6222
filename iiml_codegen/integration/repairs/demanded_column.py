"""A model that asks for a column that its view does not promise: it does without."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, name_of, source_at, text_of
from iiml_codegen.integration.repairs.left_out import LeftOut
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

SIGNS = r"no column|KeyError|not in index|not found in axis|no attribute|promise|has not|lacks"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Everything that needs the column left out, in a model's module."""
    source = source_at(fault, text)
    if "predict" not in source.functions or not re.search(SIGNS, fault.message):
        return
    for column in columns_of(fault):
        left = LeftOut(source)
        uses = [use for node in ast.walk(source.tree) if (use := reading(source, node, column))]
        if uses and all(left.leave(use) for use in uses):
            new = left.text()
            yield Edit(f"Do without {column}, which the view does not promise", new)


def columns_of(fault: Fault) -> list[str]:
    """The columns that a fault names."""
    quoted = re.findall(r"['\"`]([^'\"`]+)['\"`]", fault.message)
    return [name for name in dict.fromkeys([*fault.names, *quoted]) if name not in ("X", "y")][:4]


def reading(source: Source, node: ast.AST, column: str) -> ast.AST | None:
    """The expression that reads a column: `X["a"]`, `X.a`, `"a" in X`, `X.get("a")`."""
    parent = source.parents.get(node)
    if isinstance(node, ast.Attribute) and node.attr == column and name_of(node.value):
        return None if isinstance(parent, ast.Call) and parent.func is node else node
    if text_of(node) != column:
        return None
    if isinstance(parent, ast.Subscript) and parent.slice is node:
        return parent
    if isinstance(parent, ast.Compare):
        return parent
    return parent if isinstance(parent, ast.Call) else None


def demanded(column: str) -> Fault:
    """The fault of a column that the view lacks."""
    place = Place(file="model_a.py", line=2)
    return Fault(
        kind="contract_usage",
        message=f"`X` has no column '{column}'",
        place=place,
        evidence="",
        names=(column,),
    )


def using(before: str, after: str) -> Example:
    """A model that asks for a column, and does without."""
    form = "def fit(X, y):\n    return 1\n\n\ndef predict(model, X):\n{}"
    return Example(demanded("a"), form.format(before), form.format(after))


PLAIN = "    p = g(X)\n    return p\n"
REPAIR = Repair(
    name="demanded_column",
    title="Do without a column that the view does not promise",
    kinds=("contract_usage", "unknown_column", "unknown"),
    propose=propose,
    examples=(
        using('    p = g(X) * X["a"]\n    return p\n', PLAIN),
        using('    assert "a" in X.columns\n' + PLAIN, PLAIN),
        using('    if "a" not in X:\n        raise ValueError("a")\n' + PLAIN, PLAIN),
        using('    p = g(X)\n    return np.where(X["a"] > 0, 0.5, p)\n', PLAIN),
        using('    p = g(X, w=X["a"].fillna(1))\n    return p\n', PLAIN),
        using('    X = X.sort_values("a")\n' + PLAIN, PLAIN),
        using('    w = X["a"]\n    p = g(X) * w\n    return p\n', PLAIN),
    ),
)
