"""IIML141: fit declares a time limit and does not read it."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.integration.roles import role_of
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at


def check(module: Checked) -> Iterator[Finding]:
    """Look for the parameter in the body of fit."""
    function = module.functions().get("fit") if module.is_model else None
    for name in module.parameters(function) if function else ():
        if role_of(name) == "time_limit" and function and not module.reads(function, name):
            hint = "stop the loop when the time is over, or leave the parameter out"
            yield at(function, f"fit takes {name} and never looks at it", hint, (name,))


PREDICT = "\n\ndef predict(model, X):\n    return model.predict(X)\n"
RULE = StaticRule(
    code="IIML141",
    title="Deadline ignored",
    why="Whoever declares the time limit has to keep to it; else the run is ended without a model.",
    severity="warning",
    fixable="no",
    fault="timeout",
    check=check,
    valid=(
        Example(
            "import time\n\n\ndef fit(X, y, *, time_limit=None):\n"
            "    end = time.monotonic() + time_limit\n"
            "    return end\n" + PREDICT,
            "model_a.py",
        ),
        Example("def fit(X, y):\n    return 1\n" + PREDICT, "model_a.py"),
    ),
    invalid=(
        Example(
            "def fit(X, y, *, time_limit=None):\n    return X.mean()\n" + PREDICT, "model_a.py"
        ),
        Example("def fit(X, y, max_seconds=60):\n    return X.mean()\n" + PREDICT, "model_a.py"),
    ),
)
