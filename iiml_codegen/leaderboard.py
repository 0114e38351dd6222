"""The leaderboard: the candidates of a competition, best first."""

from __future__ import annotations

import math
from collections.abc import Iterable

from iiml_codegen.domain.candidate import Candidate


def ranked(candidates: Iterable[Candidate], *, greater_is_better: bool) -> list[Candidate]:
    """Scored candidates from best to worst, then those without a score in order of trial.

    A candidate that was stopped after some folds is scored on other rows: it comes after those
    that were scored on all. One that failed, by a leak test above all, is not ranked.
    """

    def key(candidate: Candidate) -> tuple[int, float]:
        score = candidate.score
        failed = candidate.status == "failed"
        if failed or score is None or not math.isfinite(score.value):
            return 2, 0.0
        whole = candidate.status == "scored"
        return (0 if whole else 1), -score.value if greater_is_better else score.value

    return sorted(candidates, key=key)
