"""IIML503: one feature alone nearly reaches the score of all, and the others lose it."""

from __future__ import annotations

from iiml_codegen.domain.fault import Value
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.integration.leak_tests.answers import Lone
from iiml_codegen.integration.leak_tests.placing import mentions

CODE = "IIML503"


def judge(found: tuple[Lone, ...], prep: str) -> list[LeakOutcome]:
    """A report for each such feature: it may be the answer itself, and a person should look."""
    if not found:
        says = "no feature alone nearly reaches the score of all of them"
        return [LeakOutcome(code=CODE, verdict="passed", says=says)]
    return [report(one, prep) for one in found]


def report(one: Lone, prep: str) -> LeakOutcome:
    """What one feature reaches."""
    says = (
        f"{one.column} alone tells {one.alone:.3f} of 1 about the target, all features together "
        f"{one.full:.3f}, and all others {one.without:.3f}: would it be known when answers are due?"
    )
    steps = tuple(dict.fromkeys(m.step for m in mentions(prep, one.column) if m.step))
    scores = {"alone": one.alone, "all": one.full, "without it": one.without}
    evidence = tuple(Value(name=name, shown=f"{value:.3f}") for name, value in scores.items())
    return LeakOutcome(
        code=CODE,
        verdict="reported",
        says=says,
        names=(one.column,),
        steps=steps,
        evidence=evidence,
    )
