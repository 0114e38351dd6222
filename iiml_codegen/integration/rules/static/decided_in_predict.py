"""IIML149: predict decides, which is decide's task."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import number

DECIDING = ("argmax", "idxmax")
CHANGING = ("astype", "to_numpy", "tolist")
KINDS = ("binary", "multiclass", "multilabel")


def check(module: Checked) -> Iterator[Finding]:
    """Look at what predict returns: an argmax, or a comparison with a threshold."""
    function = module.functions().get("predict") if module.is_model else None
    if function is None or module.facts.kind not in (None, *KINDS):
        return
    returned = [n for n in module.inside(function, ast.Return) if module.owner(n) is function]
    for node in returned:
        value = bound_value(module, function, node.value)
        if value is not None and decides(value):
            text = "predict gives labels; the decision is made too early to be fitted"
            yield at(value, text, "return the probabilities, and decide in decide(raw)")


def bound_value(
    module: Checked, function: ast.FunctionDef, value: ast.expr | None
) -> ast.expr | None:
    """What is returned, looked up where it is a name that was bound once."""
    if not isinstance(value, ast.Name):
        return value
    found = [
        node.value
        for node in module.inside(function, ast.Assign)
        if any(isinstance(item, ast.Name) and item.id == value.id for item in node.targets)
    ]
    return found[0] if len(found) == 1 else None


def decides(value: ast.expr) -> bool:
    """`x.argmax(axis=1)`, `(x > 0.5).astype(int)`, `np.where(x > 0.5, 1, 0)`."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        called = value.func.attr
        if called == "where" and value.args:
            return decides(value.args[0])
        return called in DECIDING or (called in CHANGING and decides(value.func.value))
    limits = [number(item) for item in value.comparators] if isinstance(value, ast.Compare) else []
    return any(limit is not None and 0 < limit < 1 for limit in limits)


def model(*lines: str) -> str:
    """A module whose predict consists of these lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"def fit(X, y):\n    return X.fit(y)\n\n\ndef predict(model, X):\n{body}"


RULE = StaticRule(
    code="IIML149",
    title="Decision in predict",
    why="Thresholds are fitted on withheld rows, and blends average; labels allow neither.",
    severity="warning",
    fixable="needs_review",
    fault="shape",
    check=check,
    valid=(
        Example(model("return model.predict_proba(X)[:, 1]"), "model_a.py"),
        Example(
            model("return (model.predict(X) > 0.5).astype(int)"),
            "model_a.py",
            Facts(kind="regression"),
        ),
        Example(
            model("return model.predict_proba(X)")
            + "\n\ndef decide(raw):\n    return raw.argmax(axis=1)\n",
            "model_a.py",
        ),
    ),
    invalid=(
        Example(model("return model.predict_proba(X).argmax(axis=1)"), "model_a.py"),
        Example(
            "import numpy as np\n\n\n"
            + model("p = np.argmax(model.predict_proba(X), axis=1)", "return p"),
            "model_a.py",
        ),
        Example(model("return (model.predict(X) > 0.5).astype(int)"), "model_a.py"),
        Example(
            "import numpy as np\n\n\n" + model("return np.where(model.predict(X) >= 0.5, 1, 0)"),
            "model_a.py",
        ),
    ),
)
