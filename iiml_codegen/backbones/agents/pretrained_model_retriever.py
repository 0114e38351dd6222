"""Pretrained model retriever on a backbone: which of the checkpoints at hand to adapt first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from iiml_codegen.backbones.agents.task_analyzer import TaskReading
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.digest import Digest, oneline
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.planning.checkpoints import Checkpoint, size_words

ROUNDS, MOST_COLUMNS, MOST_OFFERED, MOST_CHOSEN = 1, 12, 12, 3


class ChosenCheckpoint(Frozen):
    """One checkpoint to adapt."""

    name: Annotated[str, Meta(description="as it is spelled above")]
    why: str


class CheckpointAdvice(Frozen):
    """The checkpoints to adapt, the first one first."""

    choices: tuple[ChosenCheckpoint, ...]


@dataclass(frozen=True)
class BackbonePretrainedModelRetriever:
    """Chooses among what was found; it never adds a name of its own."""

    asker: Asker

    def choose(
        self,
        found: Sequence[Checkpoint],
        task: TaskSummary,
        profile: DataProfile,
        reading: TaskReading | None = None,
    ) -> tuple[Checkpoint, ...]:
        """The checkpoints that suit the task best, best first. Raises `NoAnswerError`."""
        offered = {one.name: one for one in reversed(found[:MOST_OFFERED])}
        digest = Digest(self.asker.share_values)
        parts = {
            "task": digest.task(task),
            "reading": reading.told() if reading else "",
            "columns": digest.profile(profile, task, MOST_COLUMNS),
            "found": [line(one) for one in found[:MOST_OFFERED]],
        }

        def wrong(advice: CheckpointAdvice) -> str:
            unknown = [one.name[:60] for one in advice.choices if one.name not in offered]
            if unknown:
                return f"{unknown[0]!r} is none of the checkpoints listed"
            return "" if advice.choices else "choices is empty"

        advice = self.asker.ask(
            "pretrained_model_retriever", parts, CheckpointAdvice, check=wrong, rounds=ROUNDS
        )
        names = dict.fromkeys(one.name for one in advice.choices)
        return tuple(offered[name] for name in names)[:MOST_CHOSEN]


def line(one: Checkpoint) -> str:
    """A checkpoint as a prompt holds it."""
    where = "on this machine" if one.path else "to be downloaded"
    terms = oneline(one.licence or "unknown", 40)
    return (
        f"{oneline(one.name, 120)}: {size_words(one.bytes)}, {where}, licence {terms}; "
        f"{oneline(one.why, 120)}"
    )
