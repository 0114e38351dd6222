"""Ensembler, answered by a backbone: sets of candidates that could be blended.

It proposes; the worker's cross-fitted blend decides whether a set is better than its best member.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from iiml_codegen.backbones.agents.evaluation_agent import board
from iiml_codegen.backbones.asking import Asker, NoAnswerError
from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen

AGENT = "ensembler"
ROUNDS = 2
MOST_SETS = 3
MOST_MEMBERS = 8


class Sets(Frozen):
    """Candidates that err differently, set by set."""

    sets: Annotated[
        tuple[tuple[str, ...], ...], Meta(description="up to three sets of candidate ids")
    ]


class BackboneEnsembler:
    """Says which candidates may complement each other."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker

    def propose(
        self, candidates: Sequence[Candidate], task: TaskSummary
    ) -> tuple[tuple[str, ...], ...]:
        """Up to three sets of two or more scored candidates; none where there is no answer."""
        scored = [one for one in candidates if one.score is not None]
        ids = {one.id for one in scored}
        if len(ids) < 3:  # of two there is one set, which is tried anyway
            return ()
        try:
            answer = self.asker.ask(
                AGENT, {"task": task, "board": list(board(scored, task))}, Sets, rounds=ROUNDS
            )
        except NoAnswerError:
            return ()
        return known_sets(answer.sets, ids)


def known_sets(sets: Sequence[Sequence[str]], ids: set[str]) -> tuple[tuple[str, ...], ...]:
    """The sets without what does not exist, each once."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for one in sets:
        members = tuple(dict.fromkeys(name for name in one if name in ids))[:MOST_MEMBERS]
        if len(members) > 1:
            found.setdefault(frozenset(members), members)
    return tuple(found.values())[:MOST_SETS]
