"""IIML509: a feature of a training row is made with that row's own label.

The model then trusts it more than it deserves for rows without a label. It only hurts the
candidate: the fold's rows have no label in their shadow.
"""

from __future__ import annotations

from iiml_codegen.domain.fault import Value
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.integration.leak_tests.answers import OwnLabel, Variant
from iiml_codegen.integration.leak_tests.row_independence import listed

CODE = "IIML509"


def judge(variant: Variant, found: tuple[OwnLabel, ...]) -> LeakOutcome:
    """Which features follow the own label when labels of training rows change places."""
    if variant.why_not:
        return LeakOutcome(code=CODE, verdict="skipped", says=variant.why_not)
    if not found:
        says = "no feature of a training row follows its own label"
        return LeakOutcome(code=CODE, verdict="passed", says=says)
    columns = tuple(dict.fromkeys(one.column for one in found))
    most = max(found, key=lambda one: abs(one.correlation))
    return LeakOutcome(
        code=CODE,
        verdict="violated",
        says=f"features of a training row are made with its own label{listed(columns)}",
        names=columns,
        evidence=(Value(name="correlation", shown=f"{most.correlation:.2f}"),),
    )
