"""IIML154: prepare gives something that the contract does not list."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.integration.rules.outputs import given_outputs
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at


def check(module: Checked) -> Iterator[Finding]:
    """Compare the keys that prepare returns with the contract."""
    function = module.functions().get("prepare") if module.is_prep else None
    given = given_outputs(module, function) if function and module.facts.outputs else None
    for output, place in (given or {}).items():
        if output not in module.facts.outputs:
            yield at(place, f"no clause speaks of {output!r}", "nobody checks it", (output,))


FACTS = Facts(outputs=("target",))
RULE = StaticRule(
    code="IIML154",
    title="Output without a clause",
    why="What no clause speaks of is checked by nobody, and no generated model asks for it.",
    severity="information",
    fixable="no",
    fault="contract_fulfilment",
    check=check,
    valid=(
        Example("def prepare(data_dir):\n    return {'target': data_dir}\n", facts=FACTS),
        Example("def prepare(data_dir):\n    return {'extra': data_dir}\n"),
    ),
    invalid=(
        Example(
            "def prepare(data_dir):\n    return {'target': 1, 'extra': data_dir}\n", facts=FACTS
        ),
        Example(
            "def prepare(data_dir):\n    return dict(target=1, groups=data_dir)\n", facts=FACTS
        ),
    ),
)
