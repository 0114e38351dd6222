"""IIML505: folds share ids, groups or times that train and test do not share."""

from __future__ import annotations

from iiml_codegen.domain.fault import Value
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.integration.leak_tests.answers import FoldsCompared, Shared

CODE = "IIML505"


def judge(compared: FoldsCompared) -> list[LeakOutcome]:
    """A verdict on the plan for each column that makes folds easier than the test."""
    if not compared.columns:
        says = f"none of {compared.looked_at} columns is shared more between folds than with test"
        return [LeakOutcome(code=CODE, verdict="passed", says=says)]
    return [broken(one) for one in compared.columns]


def broken(one: Shared) -> LeakOutcome:
    """Both rates of one column."""
    if one.by == "time":
        says = (
            f"test rows lie after all training rows by {one.column}, and {one.folds:.0%} of the "
            "folds' rows do not: scores may promise too much"
        )
    else:
        says = (
            f"{one.folds:.0%} of the folds' rows find their {one.column} among the rows they are "
            f"predicted from, and {one.test:.0%} of the test's: scores may promise too much"
        )
    rates = {"folds": one.folds, "test": one.test}
    return LeakOutcome(
        code=CODE,
        verdict="violated",
        says=says,
        names=(one.column,),
        evidence=tuple(Value(name=name, shown=f"{rate:.0%}") for name, rate in rates.items()),
    )
