"""Pretrained model retriever on a backbone: which of the checkpoints at hand to adapt first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol, TypeVar

from msgspec import Meta

from iiml_codegen.backbones.agents.task_analyzer import TaskReading
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.backbones.digest import Digest, oneline
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen

ROUNDS, MOST_COLUMNS, MOST_OFFERED, MOST_CHOSEN = 1, 12, 12, 3
MIB = 1 << 20


class Offered(Protocol):
    """What is known of a checkpoint, as `planning.checkpoints` finds it."""

    @property
    def name(self) -> str:
        """Its name on the hub, or of its package or folder."""

    @property
    def source(self) -> str:
        """Where it lies: package, folder, cache or hub."""

    @property
    def bytes(self) -> int:
        """Its size on disk."""

    @property
    def licence(self) -> str:
        """Under which terms."""

    @property
    def why(self) -> str:
        """What speaks for it."""

    @property
    def path(self) -> Path | None:
        """Its folder on this machine, if it is there."""


C = TypeVar("C", bound=Offered)


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
        found: Sequence[C],
        task: TaskSummary,
        profile: DataProfile,
        reading: TaskReading | None = None,
    ) -> tuple[C, ...]:
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


def line(one: Offered) -> str:
    """A checkpoint as a prompt holds it."""
    where = "on this machine" if one.path else "to be downloaded"
    terms = oneline(one.licence or "unknown", 40)
    return (
        f"{oneline(one.name, 120)}: {one.bytes // MIB} MB, {where}, licence {terms}; "
        f"{oneline(one.why, 120)}"
    )
