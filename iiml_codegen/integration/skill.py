"""IIML511: predictions that are worth no more than one answer for all rows."""

from __future__ import annotations

from iiml_codegen.domain.candidate import Score
from iiml_codegen.domain.fault import Place, Violation

NO_SKILL = "IIML511"


def no_skill(
    score: Score, constant: float, place: Place, *, greater_is_better: bool
) -> Violation | None:
    """What is wrong with a score that does not beat the best constant answer; None if it does.

    Both are measured on rows whose labels were withheld. The usual causes are the column of the
    wrong class, a scale that was not taken back, and answers in another order than the rows.
    """
    better = score.value > constant if greater_is_better else score.value < constant
    if better:
        return None
    beaten = f"no better than the constant answer's {constant:.4f}"
    return Violation(
        code=NO_SKILL,
        message=f"the score {score.value:.4f} is {beaten}",
        place=place,
        hint="is it the right class's column, on the target's scale, in the order of the rows?",
    )
