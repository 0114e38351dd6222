"""IIML148: what predict gives back cannot have the wanted shape."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import last_name
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import number

ONE_EACH = ("binary", "regression", "ordinal")


def check(module: Checked) -> Iterator[Finding]:
    """Compare what predict returns with the kind of task."""
    function = module.functions().get("predict") if module.is_model else None
    kind = module.facts.kind
    if function is None or kind is None:
        return
    for node in module.inside(function, ast.Return):
        if module.owner(node) is not function:
            continue
        value = node.value
        if kind in ("binary", "regression") and is_probabilities(value):
            wanted = "[:, 1]" if kind == "binary" else "of one number per row"
            text = "all classes' probabilities are given, one number per row is wanted"
            yield at(node, text, f"return the column {wanted}")
        column = picked_column(value)
        if kind == "multiclass" and column is not None:
            text = "one class is given, a column for each class is wanted"
            yield at(node, text, "return predict_proba(X) as it is")
        elif kind == "binary" and column == 0:
            text = "this is the probability of the first class; the second one's is wanted"
            yield at(node, text, "return predict_proba(X)[:, 1]")


def is_probabilities(value: ast.expr | None) -> bool:
    """`model.predict_proba(X)` and nothing more."""
    return isinstance(value, ast.Call) and last_name(value.func) == "predict_proba"


def picked_column(value: ast.expr | None) -> float | None:
    """The number of the column in `predict_proba(X)[:, n]`."""
    if not isinstance(value, ast.Subscript) or not is_probabilities(value.value):
        return None
    place = value.slice
    return number(place.elts[1]) if isinstance(place, ast.Tuple) and len(place.elts) == 2 else None


def model(result: str) -> str:
    """A module whose predict returns an expression."""
    return f"def fit(X, y):\n    return X.fit(y)\n\n\ndef predict(model, X):\n    return {result}\n"


RULE = StaticRule(
    code="IIML148",
    title="Wrong shape of the predictions",
    why="Binary tasks want P(second class) per row, multiclass ones a column per class.",
    severity="error",
    fixable="needs_review",
    fault="shape",
    check=check,
    valid=(
        Example(model("model.predict_proba(X)[:, 1]"), "model_a.py", Facts(kind="binary")),
        Example(model("model.predict_proba(X)"), "model_a.py", Facts(kind="multiclass")),
        Example(model("model.predict_proba(X)"), "model_a.py"),
    ),
    invalid=(
        Example(model("model.predict_proba(X)"), "model_a.py", Facts(kind="binary")),
        Example(model("model.predict_proba(X)[:, 0]"), "model_a.py", Facts(kind="binary")),
        Example(model("model.predict_proba(X)[:, 1]"), "model_a.py", Facts(kind="multiclass")),
    ),
)
