"""IIML504: a feature is made from the id, or from the row's place in its table.

Rows keep everything but their ids, or their order, and it changes.
"""

from __future__ import annotations

from iiml_codegen.domain.fault import Value
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.integration.leak_tests.answers import Moved, Variant
from iiml_codegen.integration.leak_tests.row_independence import listed

CODE = "IIML504"


def judge(variant: Variant, moved: tuple[Moved, ...]) -> LeakOutcome:
    """Refused where ids keep their structure in shadows; a report where they are drawn anew."""
    if variant.why_not:
        return LeakOutcome(code=CODE, verdict="skipped", says=variant.why_not)
    if not moved:
        says = "no feature changes when rows exchange their ids"
        return LeakOutcome(code=CODE, verdict="passed", says=says)
    columns = tuple(dict.fromkeys(one.column or one.output for one in moved))
    most = max(moved, key=lambda one: one.changed)
    evidence = (Value(name="changed", shown=f"{most.changed} of {most.rows} rows"),)
    says = f"features are made from the id{listed(columns)}"
    if variant.renewed:
        says += "; ids are drawn anew in every shadow, so that they earn nothing"
    return LeakOutcome(
        code=CODE,
        verdict="reported" if variant.renewed else "violated",
        says=says,
        names=columns,
        evidence=evidence,
    )


def judge_places(placed: tuple[Moved, ...]) -> list[LeakOutcome]:
    """Refused: tables are often sorted, and a shadow keeps the order of its training rows."""
    if not placed:
        return []
    columns = tuple(dict.fromkeys(one.column for one in placed))
    most = max(placed, key=lambda one: one.changed)
    return [
        LeakOutcome(
            code=CODE,
            verdict="violated",
            says=f"features are the row's place in its table{listed(columns)}",
            names=columns,
            evidence=(Value(name="changed", shown=f"{most.changed} of {most.rows} rows"),),
        )
    ]
