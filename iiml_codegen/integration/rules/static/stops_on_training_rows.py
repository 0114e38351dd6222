"""IIML164: early stopping watches the rows that are trained on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import keyword


def check(module: Checked) -> Iterator[Finding]:
    """Compare `eval_set` of each fit with its rows, where stopping is switched on."""
    if "early_stopping" not in module.text and "od_wait" not in module.text:
        return
    for call in module.calls("fit"):
        watched = keyword(call, "eval_set")
        if watched is None or not call.args:
            continue
        pairs = watched.elts if isinstance(watched, ast.List) else [watched]
        last = pairs[-1] if pairs else None
        rows = last.elts[0] if isinstance(last, ast.Tuple) and last.elts else None
        if last and rows and ast.unparse(rows) == ast.unparse(call.args[0]):
            text = "the rows that are trained on are watched for stopping"
            yield at(last, text, "watch `valid`, and train on rounds without it")


def model(watched: str) -> str:
    """A module that stops early on something."""
    return (
        "from boosting import Boost\n\n\ndef fit(X, y, *, valid=None):\n"
        f"    return Boost(early_stopping_rounds=9).fit(X, y, eval_set={watched}), valid\n\n\n"
        "def predict(model, X):\n    return model.predict(X)\n"
    )


RULE = StaticRule(
    code="IIML164",
    title="Stopping on training rows",
    why="The loss on rows that are trained on falls for ever, so it stops much too late.",
    severity="warning",
    fixable="needs_review",
    fault="leak",
    check=check,
    valid=(
        Example(model("[valid]"), "model_a.py"),
        Example(model("[(X, y), valid]"), "model_a.py"),
        Example(model("[(X, y)]").replace("early_stopping_rounds=9", ""), "model_a.py"),
    ),
    invalid=(
        Example(model("[(X, y)]"), "model_a.py"),
        Example(model("(X, y)"), "model_a.py"),
        Example(model("[valid, (X, y)]"), "model_a.py"),
    ),
)
