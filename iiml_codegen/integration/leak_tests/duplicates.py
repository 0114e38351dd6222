"""IIML506 and IIML507: exact and near copies of rows across train and test, and across folds."""

from __future__ import annotations

from iiml_codegen.domain.fault import Value
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.integration.leak_tests.answers import Copies, Duplicates

EXACT, NEAR = "IIML506", "IIML507"


def judge(found: Duplicates) -> list[LeakOutcome]:
    """Both verdicts."""
    outcomes = [report(EXACT, "exact", found.exact, found)]
    if found.near is None:
        says = "rows are files, which are compared by their bytes alone"
        return [*outcomes, LeakOutcome(code=NEAR, verdict="skipped", says=says)]
    return [*outcomes, report(NEAR, "near", found.near, found)]


def report(code: str, word: str, copies: Copies, found: Duplicates) -> LeakOutcome:
    """How many rows have copies, and whether the labels of copies agree."""
    train, test = found.rows
    of = " of a sample" if found.sampled else ""
    if not copies.test and not copies.folds:
        says = f"no {word} copies among {train:,} training and {test:,} test rows{of}"
        return LeakOutcome(code=code, verdict="passed", says=says)
    says = (
        f"{copies.test:,} of {test:,} test rows have an {word} copy in train, and "
        f"{copies.folds:,} of {train:,} training rows one in another fold{of}"
    ).replace("an near", "a near")
    if copies.agree is None:
        return LeakOutcome(code=code, verdict="reported", says=says)
    says += f"; {copies.agree:.0%} of such pairs have the same answer"
    agree = Value(name="labels agree", shown=f"{copies.agree:.0%}")
    return LeakOutcome(code=code, verdict="reported", says=says, evidence=(agree,))
