"""IIML103: a marker names a step that the blueprint does not have."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule


def check(module: Checked) -> Iterator[Finding]:
    """Look each marker up; without a blueprint nothing is known and nothing is said."""
    for step, line, column in module.markers:
        if module.facts.known_ids and step not in module.facts.known_ids:
            hint = "add the step to the blueprint, or take the marker away"
            yield Finding(f"the blueprint has no step {step}", line, column, hint)


FACTS = Facts(known_ids=frozenset({"P1"}))
RULE = StaticRule(
    code="IIML103",
    title="Marker without blueprint step",
    why="A marker that leads nowhere breaks the tie between plan and code.",
    severity="warning",
    fixable="needs_review",
    fault="contract_fulfilment",
    check=check,
    valid=(Example("# [P1] Read\nx = 1\n", facts=FACTS), Example("# [P9] Read\nx = 1\n")),
    invalid=(Example("# [P9] Read\nx = 1\n", facts=FACTS),),
)
