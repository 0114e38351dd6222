"""IIML145: a seed is written down although one is given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.roles import role_of
from iiml_codegen.integration.rules.module_index import Function
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import number
from iiml_codegen.integration.rules.text_edits import end_of, is_at, spliced, start_of

SEEDS = ("random_state", "random_seed", "seed")


def check(module: Checked) -> Iterator[Finding]:
    """Look at literal seeds in functions that have a seed as parameter."""
    for item, parameter in literal_seeds(module):
        shown = f"{item.arg}={ast.unparse(item.value)}"
        function = module.owner(item)
        text = f"{shown}, although {function.name if function else 'fit'} is given {parameter}"
        yield at(item.value, text, f"write {item.arg}={parameter}", (parameter,))


def literal_seeds(module: Checked) -> Iterator[tuple[ast.keyword, str]]:
    """Keyword arguments that are seeds, with the parameter that should stand there."""
    for item in module.nodes(ast.keyword):
        if item.arg in SEEDS and number(item.value) is not None:
            function = module.owner(item)
            parameter = seed_of(module, function) if function else ""
            if parameter:
                yield item, parameter


def seed_of(module: Checked, function: Function) -> str:
    """The parameter of a function that is its seed."""
    return next((p for p in module.parameters(function) if role_of(p) == "seed"), "")


def fix(module: Checked, finding: Finding) -> str | None:
    """Put the parameter in the place of the number."""
    for item, parameter in literal_seeds(module):
        if is_at(item.value, finding.line, finding.column, module):
            return spliced(module, start_of(item.value), end_of(item.value), parameter)
    return None


FIT = (
    "from forests import Forest\n\n\n"
    "def fit(X, y, *, seed=0):\n    return Forest({}).fit(X, y), seed\n"
)
PREDICT = "\n\ndef predict(model, X):\n    return model.predict(X)\n"
RULE = StaticRule(
    code="IIML145",
    title="Seed written down",
    why="Averaging over seeds gains nothing if every fit draws the same numbers.",
    severity="warning",
    fixable="safe",
    fault="contract_usage",
    check=check,
    fix=fix,
    valid=(
        Example(FIT.format("random_state=seed") + PREDICT, "model_a.py"),
        Example("from forests import Forest\n\nx = Forest(random_state=0)\n"),
        Example(
            "import numpy as np\n\n\ndef f(seed=0):\n    return np.random.default_rng(seed + 1)\n"
        ),
    ),
    invalid=(
        Example(FIT.format("random_state=42") + PREDICT, "model_a.py"),
        Example(FIT.format("trees=10, seed=2024") + PREDICT, "model_a.py"),
    ),
)
