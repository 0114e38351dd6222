"""Pretrained model retriever within a solve: which members can run, and what is told of others."""

from __future__ import annotations

from iiml_codegen.domain.events import Note
from iiml_codegen.domain.knowledge import Knowledge
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.accelerator import find_accelerator
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.planning.checkpoints import Wanted, memory_at_hand
from iiml_codegen.planning.pretrained_members import TRACK, plan_pretrained


def with_pretrained(context: SolveContext, profile: DataProfile, knowledge: Knowledge) -> Knowledge:
    """Knowledge whose pretrained members have their weights; those that cannot run are left out.

    A note says what would make them run. Raises EnvironmentProblem where no other track is asked
    for.
    """
    asked = context.options.tracks
    if TRACK not in asked or not any(one.track == TRACK for one in knowledge.members):
        return knowledge
    accelerator = find_accelerator()
    wanted = Wanted(
        modality="text",
        memory=memory_at_hand(accelerator),
        on_cpu=accelerator.gpu is None,
        folders=context.checkpoint_folders,
        interpreter=context.interpreter,
    )
    plan = plan_pretrained(knowledge, profile, wanted, context.budget.total)
    members = [one for one in plan.knowledge.members if one.track in asked]
    if not members:
        raise EnvironmentProblem(
            "the pretrained track cannot run here", hint="; ".join(plan.lacking)
        )
    for why in plan.lacking:
        context.journal.append(
            Note(level="information", text=f"Pretrained members left out: {why}.")
        )
    return plan.knowledge
