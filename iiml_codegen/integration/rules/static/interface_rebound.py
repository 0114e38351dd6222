"""IIML114: a name of the module interface stands for something else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import bound_names
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

INTERFACE = {"prep": ("prepare", "extract"), "model": ("fit", "predict", "encode", "decide")}


def check(module: Checked) -> Iterator[Finding]:
    """Look at assignments and imports of the module itself that bind such a name."""
    kind = "prep" if module.is_prep else "model" if module.is_model else ""
    names = INTERFACE.get(kind, ())
    functions = module.functions()
    for statement in module.tree.body:
        for name in bound(statement):
            if name in names and name in functions:
                text = f"{name} is bound again here, so the function of that name is lost"
                yield at(statement, text, "use another name")


def bound(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement of the module binds, definitions aside."""
    if isinstance(statement, ast.Assign):
        yield from (name.id for target in statement.targets for name in bound_names(target))
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign | ast.For):
        yield from (name.id for name in bound_names(statement.target))
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in statement.names)


RULE = StaticRule(
    code="IIML114",
    title="Interface name bound again",
    why="The pipeline calls prepare, fit and predict by name and would get the other object.",
    severity="error",
    fixable="no",
    fault="contract_usage",
    check=check,
    valid=(
        Example("def prepare(data_dir):\n    prepared = {}\n    return prepared\n"),
        Example(
            "def fit(X, y):\n    return 1\n\n\ndef predict(model, X):\n    fit = 1\n"
            "    return [fit]\n",
            "model_a.py",
        ),
    ),
    invalid=(
        Example("def prepare(data_dir):\n    return {}\n\n\nprepare = prepare('data')\n"),
        Example(
            "def fit(X, y):\n    return 1\n\n\ndef predict(model, X):\n    return X\n\n\n"
            "predict = None\n",
            "model_a.py",
        ),
    ),
)
