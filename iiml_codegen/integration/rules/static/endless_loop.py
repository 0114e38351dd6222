"""IIML143: a long training loop without a deadline."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.roles import role_of
from iiml_codegen.integration.rules.module_index import last_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import number

TRAINING = ("backward", "partial_fit", "train_on_batch", "zero_grad")
CLOCK = re.compile(r"time|deadline|seconds|limit|patience|elapsed", re.I)
MANY = 10


def check(module: Checked) -> Iterator[Finding]:
    """Look at loops of many rounds that train and never look at a clock."""
    for loop in module.nodes(ast.For) if module.is_model else ():
        rounds = repeats(module, loop.iter)
        if rounds is None or rounds < MANY:
            continue
        if any(isinstance(around, ast.For) for around in module.index.ancestors(loop)):
            continue
        calls = {last_name(call.func) for call in module.inside(loop, ast.Call)}
        names = {name.id for name in module.inside(loop, ast.Name)}
        if calls & set(TRAINING) and not any(CLOCK.search(name) for name in names | calls):
            hint = "declare time_limit in fit and stop when it is over"
            yield at(loop, f"{rounds:g} rounds of training without a look at the clock", hint)


def repeats(module: Checked, node: ast.expr) -> float | None:
    """How often `for _ in range(n)` repeats, for a literal or a constant of the module."""
    if not isinstance(node, ast.Call) or last_name(node.func) != "range" or not node.args:
        return None
    most = node.args[-1] if len(node.args) < 3 else node.args[1]
    if isinstance(most, ast.Name):
        known = module.constants.get(most.id)
        return float(known) if isinstance(known, int) and role_of(most.id) is None else None
    return number(most)


PREDICT = "\n\ndef predict(model, X):\n    return model.predict(X)\n"
RULE = StaticRule(
    code="IIML143",
    title="Training loop without a deadline",
    why="How long a round takes is known on the user's machine only; the budget is known always.",
    severity="warning",
    fixable="no",
    fault="timeout",
    check=check,
    valid=(
        Example(
            "import time\n\n\ndef fit(X, y, *, time_limit=9.0):\n"
            "    end = time.monotonic() + time_limit\n"
            "    for epoch in range(100):\n        X.partial_fit(y)\n"
            "        if time.monotonic() > end:\n            break\n    return X\n" + PREDICT,
            "model_a.py",
        ),
        Example(
            "def fit(X, y):\n    for part in range(3):\n        X.partial_fit(y)\n    return X\n"
            + PREDICT,
            "model_a.py",
        ),
    ),
    invalid=(
        Example(
            "EPOCHS = 50\n\n\ndef fit(X, y):\n    for epoch in range(EPOCHS):\n"
            "        X.backward(y, epoch)\n    return X\n" + PREDICT,
            "model_a.py",
        ),
        Example(
            "def fit(X, y):\n    for _ in range(200):\n        X.partial_fit(y)\n    return X\n"
            + PREDICT,
            "model_a.py",
        ),
    ),
)
