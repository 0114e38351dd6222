"""Pretrained model retriever within a solve: which members can run, and what is told of others."""

from __future__ import annotations

from collections.abc import Iterable

from iiml_codegen.domain.events import Note
from iiml_codegen.domain.knowledge import Knowledge
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.accelerator import find_accelerator
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.environment import hub_cache
from iiml_codegen.planning.checkpoints import Modality, Wanted, memory_at_hand, size_words
from iiml_codegen.planning.hub_fetch import fetch_weights
from iiml_codegen.planning.pretrained_members import TRACK, plan_pretrained

SHARE_FOR_FETCHING = 0.2
"""Of the time that is left."""


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
        cache=hub_cache(),
    )
    plan = plan_pretrained(knowledge, profile, wanted, context.budget.total)
    if plan.lacking and context.options.fetch_weights and fetched(context, plan.lacking):
        plan = plan_pretrained(knowledge, profile, wanted, context.budget.total)
    lacking = "; ".join(plan.lacking.values())
    if not any(one.track in asked for one in plan.knowledge.members):
        raise EnvironmentProblem("the pretrained track cannot run here", hint=lacking)
    if lacking:
        tell(context, f"Pretrained members are left out: {lacking}.")
    return plan.knowledge


def fetched(context: SolveContext, modalities: Iterable[Modality]) -> bool:
    """Whether weights for any of these were fetched from the hub, which is told either way."""
    came = False
    for modality in modalities:
        seconds = SHARE_FOR_FETCHING * context.budget.left()
        found = fetch_weights(modality, seconds, context.hub_token)
        for trouble in found.troubles:
            tell(context, f"No weights came from the hub: {trouble}.")
        if found.name:
            came = True
            size = size_words(found.bytes)
            text = f"Fetched {found.name} ({size}, {found.licence}) at commit {found.commit}."
            tell(context, text)
    return came


def tell(context: SolveContext, text: str) -> None:
    """Tell the reader of the journal."""
    context.journal.append(Note(level="information", text=text))
