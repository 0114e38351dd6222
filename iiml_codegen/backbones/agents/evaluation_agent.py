"""Evaluation agent, answered by a backbone: which candidates deserve attention, what is odd.

It only advises: no score, no admission and no verdict changes by what it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from iiml_codegen.backbones.asking import Asker
from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen

AGENT = "evaluation_agent"
ROUNDS = 2
MOST_LISTED = 20
LONGEST = 600


class Suspicion(Frozen):
    """Something about a candidate that looks wrong."""

    candidate: str
    why: str


class Evaluation(Frozen):
    """What the leaderboard says to a reader who knows the field."""

    attention: Annotated[
        tuple[str, ...], Meta(description="ids that deserve more folds or changes, best first")
    ]
    suspicious: tuple[Suspicion, ...]
    lesson: Annotated[str, Meta(description="what was learnt for the next change, two sentences")]


class BackboneEvaluationAgent:
    """Reads the leaderboard."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker

    def read(
        self,
        candidates: Sequence[Candidate],
        task: TaskSummary,
        leaks: Sequence[LeakOutcome] = (),
    ) -> Evaluation:
        """Advice about candidates that exist; raises NoAnswerError."""
        parts = {"task": task, "board": list(board(candidates, task)), "leaks": verdicts(leaks)}
        answer = self.asker.ask(AGENT, parts, Evaluation, rounds=ROUNDS)
        ids = {candidate.id for candidate in candidates}
        return msgspec.structs.replace(
            answer,
            attention=tuple(dict.fromkeys(one for one in answer.attention if one in ids)),
            suspicious=tuple(one for one in answer.suspicious if one.candidate in ids),
            lesson=" ".join(answer.lesson.split())[:LONGEST],
        )


def board(candidates: Sequence[Candidate], task: TaskSummary) -> Iterator[str]:
    """The best candidates, a line each, and those that failed."""
    scored = [c for c in candidates if c.score is not None]
    sign = -1 if task.greater_is_better else 1
    scored.sort(key=lambda c: sign * c.score.value if c.score else 0.0)
    for candidate in scored[:MOST_LISTED]:
        score = candidate.score
        assert score is not None
        folds = ", ".join(f"{one:.5g}" for one in score.folds)
        yield (
            f"{candidate.id} ({', '.join(candidate.members)}): {score.value:.6g} "
            f"± {score.standard_error:.2g} on {score.rows} rows; folds {folds}; "
            f"{candidate.seconds:.0f} s"
        )
    for candidate in candidates:
        if candidate.score is None and candidate.note:
            yield f"{candidate.id}: {candidate.status}, {' '.join(candidate.note.split())[:120]}"


def verdicts(leaks: Sequence[LeakOutcome]) -> list[str]:
    """What the leak tests said where they did not pass."""
    told = [one for one in leaks if one.verdict in ("violated", "reported")]
    return [f"{one.code} {one.verdict}: {' '.join(one.says.split())[:160]}" for one in told]
