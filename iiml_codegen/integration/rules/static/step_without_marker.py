"""IIML102: a step of the blueprint has no code."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.domain.blueprint import Step
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule


def check(module: Checked) -> Iterator[Finding]:
    """Look for a marker of each step that this file implements."""
    found = {step for step, _, _ in module.markers}
    for step in module.facts.steps:
        if step.id not in found:
            yield Finding(
                f"step {step.id} is not implemented: {step.title}",
                hint=f"mark its code with `# [{step.id}] {step.title}`",
                step=step.id,
            )


FACTS = Facts(steps=(Step(id="P1", part="prep", key="read", title="Read the tables", why=""),))
RULE = StaticRule(
    code="IIML102",
    title="Blueprint step without code",
    why="Each step of the plan is a marked region, so that its effect can be traced and measured.",
    severity="warning",
    fixable="no",
    fault="contract_fulfilment",
    check=check,
    valid=(Example("# [P1] Read the tables\nx = 1\n", facts=FACTS),),
    invalid=(Example("x = 1\n", facts=FACTS), Example('x = "# [P1]"\n', facts=FACTS)),
)
