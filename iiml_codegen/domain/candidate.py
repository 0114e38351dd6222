"""Candidates, their scores and the leaderboard."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.wire import Frozen

CandidateStatus = Literal["running", "partial", "scored", "stopped", "failed"]


class Score(Frozen):
    """Out-of-fold score with its standard error; `folds` are the scores of single folds.

    `rows` is how many rows it was measured on; `fitted` are the parameters of the decision step.
    """

    value: float
    standard_error: float
    folds: tuple[float, ...]
    rows: int
    fitted: dict[str, list[float]] = {}


class Candidate(Frozen):
    """A pipeline that ran: one member, or an ensemble of members."""

    id: str
    track: Track
    members: tuple[str, ...]
    status: CandidateStatus
    score: Score | None = None
    seconds: float = 0.0
    rounds: tuple[tuple[int, ...], ...] = ()
    note: str = ""


class Ensemble(Frozen):
    """How member predictions are combined.

    `parameters` are those of `combine` in `workspace_templates/ensembles/blend_<method>.py`, flat
    lists for members in the order of `members`; none for a single one.
    """

    method: Literal["single", "greedy", "stack"]
    members: tuple[str, ...]
    parameters: dict[str, list[float]]
    score: Score
