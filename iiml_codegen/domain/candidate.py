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
    """A pipeline that ran: one member, or an ensemble of members.

    With `sample`, its score comes from a run on so many rows alone, as all of them take too long.
    """

    id: str
    track: Track
    members: tuple[str, ...]
    status: CandidateStatus
    score: Score | None = None
    seconds: float = 0.0
    rounds: tuple[tuple[int, ...], ...] = ()
    note: str = ""
    sample: int = 0


Method = Literal["single", "average", "greedy", "stack", "boost"]
"""How members are combined; `single` is the best one alone."""
METHODS: dict[str, Method] = {
    "average": "average",
    "stacking": "stack",
    "boosting": "boost",
    "greedy": "greedy",
}
"""By the names in which people ask for ways to combine."""
WORDS: dict[Method, str] = {"single": "best single", **{way: name for name, way in METHODS.items()}}
"""How ways are called where people read of them."""


class WayScore(Frozen):
    """What one way to combine is worth out of fold.

    `p_better` is the probability that it is better than the best single candidate, on the same
    rows; None for that one itself.
    """

    method: Method
    members: tuple[str, ...]
    value: float
    standard_error: float
    p_better: float | None = None


class Ensemble(Frozen):
    """How member predictions are combined.

    `parameters` are those of `combine` in `workspace_templates/ensembles/blend_<method>.py`, flat
    lists for members in the order of `members`; none for a single one. `ways` are all that were
    tried, this one included.
    """

    method: Method
    members: tuple[str, ...]
    parameters: dict[str, list[float]]
    score: Score
    ways: tuple[WayScore, ...] = ()
