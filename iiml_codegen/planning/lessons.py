"""What a solve taught: read from its journal when it is over, and kept for the next ones."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from iiml_codegen.domain.blueprint import LETTER, Blueprint
from iiml_codegen.domain.candidate import METHODS, Candidate, Score
from iiml_codegen.domain.events import Event, IdeaTried, SolveStarted, StepWorth, TaskAnalysed
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_json, to_json
from iiml_codegen.implementation.fragments import WRITERS
from iiml_codegen.journal import Journal
from iiml_codegen.planning.knowledge_retriever import every_member, traits_of
from iiml_codegen.planning.learned_knowledge import COARSE, Lesson, merged, remember
from iiml_codegen.workspace import Workspace

WORTH_HAVING = 0.75
MOST_ERRORS = 20.0
"""Standard errors beyond which a margin tells nothing more."""
A_MODELS_OWN = "model_"
PARTS = {letter: part for part, letter in LETTER.items()}


@dataclass(frozen=True)
class Solved:
    """A solve that is over: what it was about, and what its journal says since its start."""

    task: TaskSummary
    profile: DataProfile
    blueprint: Blueprint
    candidates: Sequence[Candidate]
    events: Sequence[Event]


def learn(workspace: Workspace, journal: Journal) -> int:
    """Keep what the solve of this folder taught, and say how many lessons were new to it.

    A folder teaches each lesson once, however often it is solved.
    """
    solved = solved_in(workspace, journal)
    if solved is None:
        return 0
    marker = workspace.generated / "taught.json"
    before = from_json(marker.read_bytes(), list[str]) if marker.is_file() else []
    new = [lesson for lesson in merged([], lessons_of(solved)) if mark_of(lesson) not in before]
    if new:
        remember(new)
        workspace.write_bytes(marker, to_json(sorted({*before, *map(mark_of, new)})))
    return len(new)


def solved_in(workspace: Workspace, journal: Journal) -> Solved | None:
    """The last solve of a folder with all that was resumed; None if it was never planned."""
    entries = journal.read()
    starts = [e for e in entries if isinstance(e.event, SolveStarted) and e.event.track is None]
    fresh = [e.seq for e in starts if isinstance(e.event, SolveStarted) and not e.event.resumed]
    after = max(fresh, default=0)
    events = [entry.event for entry in entries if entry.seq > after]
    task = next((e.task for e in reversed(events) if isinstance(e, TaskAnalysed)), None)
    if task is None or not workspace.profile.is_file() or not workspace.blueprint.is_file():
        return None
    return Solved(
        task=task,
        profile=from_json(workspace.profile.read_bytes(), DataProfile),
        blueprint=from_json(workspace.blueprint.read_bytes(), Blueprint),
        candidates=journal.candidates(after),
        events=events,
    )


def lessons_of(solved: Solved) -> list[Lesson]:
    """How members, blends, ideas and steps fared; of what only we have names for."""
    known = {advice.name for advice in every_member()}
    kept = [
        *member_lessons(solved, known),
        *idea_lessons(solved.events),
        *step_lessons(solved, known),
    ]
    traits = traits_of(solved.task, solved.profile)
    shared = tuple(trait for trait in COARSE if trait in traits)
    task = solved.task
    return [
        Lesson(
            kind=task.kind,
            metric=task.metric,
            traits=shared,
            subject=subject,
            won=int(won),
            margin=round(max(-MOST_ERRORS, min(margin, MOST_ERRORS)), 3),
        )
        for subject, won, margin in kept
    ]


def member_lessons(solved: Solved, known: Iterable[str]) -> Iterator[tuple[str, bool, float]]:
    """Members against the best one, and blends against it, where all were scored on all rows."""
    greater = METRICS[solved.task.metric].greater_is_better
    whole = scored_alike(solved.candidates)
    singles: dict[str, Score] = {}
    for candidate, score in whole:
        subject = subject_of(candidate, known)
        if subject and (subject not in singles or better(score, singles[subject], greater)):
            singles[subject] = score
    if len(singles) < 2:
        return
    best = sorted(singles.values(), key=lambda score: score.value, reverse=greater)[0]
    for subject, score in singles.items():
        yield subject, score.value == best.value, errors_between(best, score, greater)
    for candidate, score in whole:
        method = candidate.note.partition(" ")[0]
        if len(candidate.members) > 1 and method in METHODS:
            gain = errors_between(score, best, greater)
            yield f"blend:{METHODS[method]}", gain > 0, gain


def scored_alike(candidates: Sequence[Candidate]) -> list[tuple[Candidate, Score]]:
    """Candidates that were scored on as many rows as any."""
    scored = [(c, c.score) for c in candidates if c.status == "scored" and c.score is not None]
    most = max((score.rows for _, score in scored), default=0)
    return [(candidate, score) for candidate, score in scored if score.rows == most]


def subject_of(candidate: Candidate, known: Iterable[str]) -> str:
    """What a candidate of one member stands for; empty for a blend and for a person's own."""
    if len(candidate.members) != 1:
        return ""
    (name,) = candidate.members
    if name.startswith(A_MODELS_OWN):
        return f"track:{candidate.track}"
    return f"member:{name}" if name in known else ""


def better(one: Score, other: Score, greater: bool) -> bool:
    """Whether a score is the better one."""
    return one.value > other.value if greater else one.value < other.value


def errors_between(one: Score, other: Score, greater: bool) -> float:
    """By how many of its standard errors a score is better than another."""
    difference = one.value - other.value if greater else other.value - one.value
    return difference / one.standard_error if one.standard_error > 0 else 0.0


def idea_lessons(events: Sequence[Event]) -> Iterator[tuple[str, bool, float]]:
    """Ideas that were measured, by the part of the plan that they change."""
    for event in events:
        if isinstance(event, IdeaTried) and event.step[:1] in PARTS:
            if event.outcome == "failed" or event.difference is None:
                continue
            gain = in_errors(event.difference, event.standard_error or 0.0)
            yield f"change:{PARTS[event.step[0]]}", event.outcome == "kept", gain


def step_lessons(solved: Solved, known: Iterable[str]) -> Iterator[tuple[str, bool, float]]:
    """What single steps of the expert's were worth, by the recipe behind them."""
    keys: Mapping[str, str] = {step.id: step.key for step in solved.blueprint.steps}
    ours = {c.id for c in solved.candidates if subject_of(c, known).startswith("member:")}
    for event in solved.events:
        if isinstance(event, StepWorth) and event.candidate in ours:
            key = keys.get(event.step, "")
            if key in WRITERS:
                gain = in_errors(event.difference, event.standard_error)
                yield f"step:{key}", event.p_better >= WORTH_HAVING, gain


def in_errors(difference: float, standard_error: float) -> float:
    """A difference in its standard errors."""
    return difference / standard_error if standard_error > 0 else 0.0


def mark_of(lesson: Lesson) -> str:
    """What a folder remembers of a lesson that it taught."""
    return " ".join(lesson.key())


def learn_quietly(workspace: Workspace, journal: Journal) -> None:
    """Learn, whatever stands in the way: a solve that is over must not fail for it."""
    try:
        learn(workspace, journal)
    except Exception:
        logging.getLogger(__name__).exception("nothing was learned from this solve")
