"""IIML501: a shadow does not change when the labels withheld from it are permuted."""

from __future__ import annotations

from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.integration.leak_tests.answers import Proof

CODE = "IIML501"
MOST_NAMED = 5


def judge(proof: Proof) -> LeakOutcome:
    """The verdict of the proof."""
    if proof.why_not:
        return LeakOutcome(code=CODE, verdict="skipped", says=proof.why_not)
    if proof.changed:
        named = ", ".join(proof.changed[:MOST_NAMED])
        says = f"withheld labels show in {len(proof.changed)} files of the shadow: {named}"
        return LeakOutcome(code=CODE, verdict="violated", says=says, names=proof.changed)
    says = "every byte of the shadow stays when the labels withheld from it are permuted"
    return LeakOutcome(code=CODE, verdict="passed", says=says)
