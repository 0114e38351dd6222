"""Gaps or infinities where none may be: fill them in prep, or on the way into the model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import insert_at_start, rows_parameter
from iiml_codegen.integration.repairs.flow import Source, name_of, source_at
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import with_import
from iiml_codegen.integration.repairs.views import changed_view, wanted_view

SIGNS = r"NaN|[Ii]nfinit|missing value|not numbers|non-finite|\binf\b|too large|gaps|nan\b"
LEARNED = r"median|mean|mode|most|fill|usual"
FILLED = "{x}.fillna({train}.median(numeric_only=True))"
FINITE = "{x}.replace([np.inf, -np.inf], np.nan)"
CATEGORIES = r"cat_features|[Cc]ategorical|must be integer or string"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First with a value that was learned and never used, then in the view, then in the model."""
    if not re.search(SIGNS, fault.message):
        return
    source = source_at(fault, text)
    yield from with_unused(source)
    if "prepare" in source.functions:
        view = wanted_view(fault, facts)
        infinite = re.search(r"infin|\binf\b|too large", fault.message)
        for template, title in (
            (FINITE + FILLED[3:] if infinite else FILLED, "Fill gaps with the median"),
            (FINITE + ".fillna(0.0)", "Fill gaps with 0"),
        ):
            changed = changed_view(source, view, template)
            if changed != text:
                needs = "np." in template
                yield Edit(title, with_import(changed, "import numpy as np") if needs else changed)
    else:
        yield from before_model(text)


def with_unused(source: Source) -> Iterator[Edit]:
    """A median that is learned and forgotten: fill the values that it was learned from."""
    for function in source.nearest(ast.FunctionDef):
        for statement in function.body:
            for inner in ast.walk(statement):
                if isinstance(inner, ast.Assign) and name_of(inner.targets[0]):
                    yield from use_of(source, function, inner)


def use_of(source: Source, function: ast.FunctionDef, learned: ast.Assign) -> Iterator[Edit]:
    """Fill with the value of an assignment that nothing reads; none if it is read."""
    name = name_of(learned.targets[0])
    loads = [n for n in ast.walk(function) if isinstance(n, ast.Name) and n.id == name]
    if len(loads) > 1 or not re.search(LEARNED, source.source(learned)):
        return
    names = {n.id for n in ast.walk(learned.value) if isinstance(n, ast.Name)}
    for node in ast.walk(function):
        value = getattr(node, "value", None) if isinstance(node, ast.Assign | ast.Return) else None
        if value is None or getattr(node, "lineno", 0) <= learned.lineno:
            continue
        filled = filled_from(source, value, names, name)
        if filled is not None:
            yield Edit(f"Fill gaps with {name}, which was learned for it", filled)
            return


def filled_from(source: Source, value: ast.expr, names: set[str], learned: str) -> str | None:
    """The text in which the first value of these names is filled."""
    for node in ast.walk(value):
        whole = isinstance(node, ast.Subscript) or node is value
        root = node.value if isinstance(node, ast.Subscript) else node
        if whole and isinstance(node, ast.expr) and isinstance(root, ast.Name) and root.id in names:
            return source.replaced((node, f"{source.source(node)}.fillna({learned})"))
    return None


def before_model(text: str) -> Iterator[Edit]:
    """Fill in `fit` and in `predict`, so that both see the same."""
    frame = re.search(r"def fit\([^)]*DataFrame", text, re.DOTALL) is not None
    template = f"{FINITE}.fillna(0.0)" if frame else "np.nan_to_num({x})"
    filled = text
    for function in ("fit", "predict"):
        rows = rows_parameter(filled, function)
        if rows is None:
            return
        filled = insert_at_start(filled, function, f"{rows} = {template.format(x=rows)}")
    yield Edit("Fill gaps with 0 before the model", with_import(filled, "import numpy as np"))


FAULT = Fault(
    kind="preprocessing",
    message="ValueError: Input X contains NaN.",
    place=Place(file="model_a.py", line=4),
    evidence="",
)
CLAUSE = Fault(
    kind="contract_fulfilment",
    message="`design_train` has 12 missing values: Age",
    place=Place(file="prep.py", line=2),
    evidence="",
)
ENDING = '    return {"design_train": design[:9], "design_test": design[9:]}\n'
REPAIR = Repair(
    name="filled_gaps",
    title="Fill gaps before the model",
    kinds=("preprocessing", "contract_fulfilment", "contract_usage", "dtype", "unknown"),
    propose=propose,
    examples=(
        Example(
            FAULT,
            "import numpy as np\n\n\ndef fit(X, y):\n    return 1\n\n\n"
            "def predict(model, X):\n    return X\n",
            "import numpy as np\n\n\ndef fit(X, y):\n    X = np.nan_to_num(X)\n    return 1\n\n\n"
            "def predict(model, X):\n    X = np.nan_to_num(X)\n    return X\n",
        ),
        Example(
            CLAUSE,
            f"def prepare(data_dir):\n    design = scaled(rows)\n{ENDING}",
            "def prepare(data_dir):\n    design = scaled(rows)\n"
            f"    design = design.fillna(design.median(numeric_only=True))\n{ENDING}",
        ),
        Example(
            CLAUSE,
            "def prepare(train, test):\n    out = {}\n"
            '    out["design_train"] = train[N]\n    out["design_test"] = test[N]\n'
            "    return out\n",
            "def prepare(train, test):\n    out = {}\n"
            '    out["design_train"] = train[N].fillna(train[N].median(numeric_only=True))\n'
            '    out["design_test"] = test[N].fillna(train[N].median(numeric_only=True))\n'
            "    return out\n",
        ),
        Example(
            CLAUSE,
            "def filled(rows, c):\n    v = rows[c]\n    median = v.median()\n    return v\n",
            "def filled(rows, c):\n    v = rows[c]\n    median = v.median()\n"
            "    return v.fillna(median)\n",
        ),
    ),
)
