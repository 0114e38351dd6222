"""Checkpoints for a model's pretrained track: found by the expert, chosen by the retriever."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from iiml_codegen.backbones.agents.pretrained_model_retriever import (
    BackbonePretrainedModelRetriever,
    line,
)
from iiml_codegen.backbones.agents.task_analyzer import TaskReading
from iiml_codegen.backbones.asking import Asker, NoAnswerError
from iiml_codegen.domain.blueprint import Member
from iiml_codegen.domain.events import Note
from iiml_codegen.domain.knowledge import Fact
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.execution.accelerator import find_accelerator
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.planning.checkpoints import (
    Checkpoint,
    Modality,
    Wanted,
    find_checkpoints,
    memory_at_hand,
)

LOOKING_SECONDS = 20.0
BUDGET_SHARE = 0.05
SETTING = "checkpoint"
"""The constant of a member that says where its weights lie."""


def modality_of(task: TaskSummary, profile: DataProfile) -> Modality:
    """What a checkpoint must have been trained on to help here."""
    kinds = {media.kind for media in task.layout.media}
    if "image" in kinds:
        return "image"
    if "audio" in kinds:
        return "audio"
    if "text" in kinds or profile.free_texts():
        return "text"
    return "series" if task.layout.panel else "table"


def chosen_checkpoints(
    asker: Asker,
    context: SolveContext,
    task: TaskSummary,
    profile: DataProfile,
    reading: TaskReading | None,
) -> tuple[Checkpoint, ...]:
    """Checkpoints on this machine to adapt, best first; of those on the hub only a note is left.

    Runs have no network, so that what is not here cannot be used by this solve.
    """
    accelerator = find_accelerator()
    wanted = Wanted(
        modality=modality_of(task, profile),
        memory=memory_at_hand(accelerator),
        words=f"{task.title} {reading.domain if reading else ''}",
        on_cpu=accelerator.gpu is None,
        online=bool(context.hub_token),
        folders=context.checkpoint_folders,
        interpreter=context.interpreter,
        seconds=min(LOOKING_SECONDS, BUDGET_SHARE * context.budget.total),
    )
    found = find_checkpoints(wanted, context.hub_token).checkpoints
    if not found:
        return ()
    try:
        chosen = BackbonePretrainedModelRetriever(asker).choose(found, task, profile, reading)
    except NoAnswerError:
        chosen = found[:1]
    here = tuple(one for one in chosen if one.path)
    if not here:
        suits = f"{line(chosen[0])}: `hf download {chosen[0].name}` would bring it here"
        text = f"No pretrained weights on this machine suit the data. On the hub, {suits}."
        context.journal.append(Note(level="information", text=text))
    return here


def as_facts(checkpoints: Sequence[Checkpoint]) -> tuple[Fact, ...]:
    """What a planner is told of them; where they lie is only a coder's business."""
    return tuple(
        Fact(
            topic="pretrained weights at hand",
            says=line(one) + ("; frozen: it gives features only" if one.frozen else ""),
            source=f"found by iiML: {one.source}",
            id=f"model.checkpoint_{number}",
        )
        for number, one in enumerate(checkpoints, start=1)
    )


def with_weights(member: Member, planned: str, checkpoints: Sequence[Checkpoint]) -> Member:
    """The member with the place of its weights: those that its plan names, else the best."""
    if not checkpoints or member.track != "pretrained":
        return member
    named = [one for one in checkpoints if one.name.lower() in planned.lower()]
    best = (named or list(checkpoints))[0]
    return replace(member, constants={**member.constants, SETTING: str(best.path)})
