"""Which of the tracks asked for can run here, and what is told of the others."""

from __future__ import annotations

from msgspec.structs import replace

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.events import Note
from iiml_codegen.domain.knowledge import Knowledge
from iiml_codegen.errors import EnvironmentProblem
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.interpreter import DEEP, HOW_TO_DEEP, describe
from iiml_codegen.planning.data_traits import TRAITS
from iiml_codegen.planning.knowledge_retriever import every_member, fitting

NETWORKS: Track = "custom_nn"


def with_runnable_tracks(context: SolveContext, knowledge: Knowledge) -> Knowledge:
    """Knowledge without networks where torch is missing; each track that is skipped is told.

    Raises EnvironmentProblem where no other track is asked for.
    """
    asked = context.options.tracks
    for track in asked:
        if knowledge.members and not any(one.track == track for one in knowledge.members):
            why = "none of its recipes suits this task" + in_the_way(track, set(knowledge.traits))
            tell(context, f"The track {track} is skipped: {why}.")
    if NETWORKS not in asked or not any(one.track == NETWORKS for one in knowledge.members):
        return knowledge
    missing = describe(context.interpreter, DEEP).missing
    if not missing:
        return knowledge
    left = tuple(one for one in knowledge.members if one.track != NETWORKS)
    why = f"{', '.join(missing)} is not installed for {context.interpreter}"
    if not any(one.track in asked for one in left):
        raise EnvironmentProblem(f"the track {NETWORKS} cannot run: {why}", hint=HOW_TO_DEEP)
    tell(context, f"The track {NETWORKS} is skipped: {why} ({HOW_TO_DEEP}).")
    return replace(knowledge, members=left)


def in_the_way(track: Track, traits: set[str]) -> str:
    """What about the data keeps a track's recipes away that would suit otherwise, in brackets."""
    able = [one for one in fitting(every_member(), traits) if traits & set(one.templates)]
    found = {trait for one in able if one.track == track for trait in traits & set(one.unless)}
    said = ", ".join(TRAITS.get(trait, trait) for trait in sorted(found))
    return f" ({said})" if said else ""


def tell(context: SolveContext, text: str) -> None:
    """Tell the reader of the journal."""
    context.journal.append(Note(level="information", text=text))
