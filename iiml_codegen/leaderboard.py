"""The leaderboard: the candidates of a competition, best first."""

from __future__ import annotations

import math
from collections.abc import Iterable

from iiml_codegen.domain.candidate import Candidate


def ranked(candidates: Iterable[Candidate], *, greater_is_better: bool) -> list[Candidate]:
    """Scored candidates from best to worst, then those without a score in order of trial.

    A candidate that was stopped after some folds is scored on other rows: it comes after those
    that were scored on all, and one that saw a sample alone after these. One that failed, by a
    leak test above all, is not ranked.
    """

    def key(candidate: Candidate) -> tuple[int, float]:
        score = candidate.score
        failed = candidate.status == "failed"
        if failed or score is None or not math.isfinite(score.value):
            return 3, 0.0
        part = 2 if candidate.sample else 0 if candidate.status == "scored" else 1
        return part, -score.value if greater_is_better else score.value

    return sorted(candidates, key=key)


def scope(candidate: Candidate) -> str:
    """What a score was measured on, where that is not everything: "on fold 0", "on 2,000 rows"."""
    if candidate.score is None:
        return ""
    if candidate.sample:
        return f"on {candidate.sample:,} rows"
    folds = len(candidate.score.folds)
    if candidate.status == "scored" or not folds:
        return ""
    return "on fold 0" if folds == 1 else f"on {folds} folds"
