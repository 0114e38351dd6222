"""The report: one self-contained page that tells what was asked, tried, found and written.

Column names, categories and messages come from data that nobody vouches for: the template escapes
everything, runs no script and loads nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import jinja2

from iiml_codegen import report_words as words
from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.diagnosis import Diagnosis
from iiml_codegen.domain.events import (
    CandidateUpdated,
    Entry,
    Event,
    FaultFound,
    IdeaTried,
    LeakTested,
    ModelCalled,
    Note,
    PatchTried,
    SolveEnded,
    SolveStarted,
    StepWorth,
    SubmissionWritten,
    WaysCompared,
)
from iiml_codegen.domain.fault import Fault
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import T, from_json
from iiml_codegen.journal import Journal
from iiml_codegen.leaderboard import ranked
from iiml_codegen.model_use import ModelUse, by_agent, total
from iiml_codegen.report_chart import draw
from iiml_codegen.report_diagnosis import figures_of, progress_plot
from iiml_codegen.report_ideas import IdeaInTree, idea_tree, worths_of
from iiml_codegen.workspace import Workspace


@dataclass(frozen=True)
class Story:
    """What the journal tells beside the candidates; `best` is the id behind the submission.

    `scored` are candidates in the order in which they got a score on all rows, with the seconds
    since the start. `asked` are agents with what asking models took, and "all" at the end.
    """

    best: str | None = None
    seconds: float | None = None
    status: str = ""
    version: str = ""
    notes: tuple[Note, ...] = ()
    faults: tuple[Fault, ...] = ()
    patches: tuple[PatchTried, ...] = ()
    leak_tests: tuple[LeakTested, ...] = ()
    files: tuple[str, ...] = field(default=())
    scored: tuple[tuple[float, Candidate], ...] = ()
    asked: tuple[tuple[str, ModelUse], ...] = ()
    models: tuple[str, ...] = ()
    ideas: tuple[IdeaInTree, ...] = ()
    worths: tuple[StepWorth, ...] = ()
    ways: WaysCompared | None = None


def write_report(workspace: Workspace) -> Path:
    """Write `iiml/report.html` from what lies in the folder; what is not there yet is left out."""
    journal = Journal(workspace.journal)
    try:
        entries = latest_solve(journal.read())
    finally:
        journal.close()
    events = [entry.event for entry in entries]
    candidates = {e.candidate.id: e.candidate for e in events if isinstance(e, CandidateUpdated)}
    page = render_report(
        task=_read(workspace.task, TaskSummary),
        profile=_read(workspace.profile, DataProfile),
        blueprint=_read(workspace.blueprint, Blueprint),
        candidates=list(candidates.values()),
        story=story_of(entries, words.files_of(workspace)),
        diagnosis=_read(workspace.diagnosis, Diagnosis),
    )
    workspace.write_text(workspace.report, page)
    return workspace.report


def render_report(
    *,
    task: TaskSummary | None,
    profile: DataProfile | None,
    blueprint: Blueprint | None,
    candidates: Sequence[Candidate],
    story: Story,
    diagnosis: Diagnosis | None = None,
) -> str:
    """The page as HTML; the same arguments give the same text."""
    greater = task is None or task.greater_is_better
    board = ranked(candidates, greater_is_better=greater)
    best = next((c for c in board if c.id == story.best), board[0] if board else None)
    scored = [
        (words.short_label(candidate), candidate.score, words.decimal(candidate.score.value))
        for candidate in board
        if candidate.score is not None
        and (not words.scope(candidate) or candidate.id == story.best)
    ]
    return _template().render(
        style=_style(),
        task=task,
        profile=profile,
        blueprint=blueprint,
        board=board,
        best=best,
        chart=draw(scored),
        progress=progress_plot(story.scored, greater),
        diagnosis=diagnosis,
        figures=figures_of(diagnosis) if diagnosis else None,
        story=story,
        words=words,
    )


def latest_solve(entries: Sequence[Entry]) -> Sequence[Entry]:
    """What happened in the latest solve; what resumed it, and runs of its tracks, belong to it."""
    starts = [
        number
        for number, entry in enumerate(entries)
        if isinstance(entry.event, SolveStarted)
        and not entry.event.resumed
        and entry.event.track is None
    ]
    return entries[starts[-1] :] if starts else entries


def story_of(entries: Sequence[Entry], made: Sequence[str] = ()) -> Story:
    """What a solve's part of the journal says, and the files that it made."""
    events: list[Event] = [entry.event for entry in entries]
    ended = [event for event in events if isinstance(event, SolveEnded)]
    started = [event for event in events if isinstance(event, SolveStarted)]
    written = [event for event in events if isinstance(event, SubmissionWritten)]
    ways = [event for event in events if isinstance(event, WaysCompared)]
    return Story(
        best=written[-1].candidate if written else None,
        seconds=ended[-1].seconds if ended else None,
        status=ended[-1].status if ended else "",
        version=started[-1].version if started else "",
        notes=tuple(event for event in events if isinstance(event, Note)),
        faults=tuple(event.fault for event in events if isinstance(event, FaultFound)),
        patches=tuple(event for event in events if isinstance(event, PatchTried)),
        leak_tests=tuple(event for event in events if isinstance(event, LeakTested)),
        files=tuple(made),
        scored=tuple(
            (entry.at - entries[0].at, entry.event.candidate)
            for entry in entries
            if isinstance(entry.event, CandidateUpdated)
            and entry.event.candidate.status == "scored"
        ),
        asked=asked_of(events),
        models=models_of(events),
        ideas=idea_tree([event for event in events if isinstance(event, IdeaTried)]),
        ways=ways[-1] if ways else None,
        worths=worths_of([event for event in events if isinstance(event, StepWorth)]),
    )


def asked_of(events: Sequence[Event]) -> tuple[tuple[str, ModelUse], ...]:
    """What each agent asked of models, and all together; nothing where none was asked."""
    uses = by_agent(events)
    return (*uses.items(), ("all", total(events))) if uses else ()


def models_of(events: Sequence[Event]) -> tuple[str, ...]:
    """The models that were asked, with the names of their backbones."""
    calls = [event for event in events if isinstance(event, ModelCalled)]
    return tuple(dict.fromkeys(f"{call.backbone}: {call.model}".strip(": ") for call in calls))


def _read(path: Path, kind: type[T]) -> T | None:
    return from_json(path.read_bytes(), kind) if path.is_file() else None


def _style() -> str:
    """The page's only style; its policy names the digest, so that no other one applies."""
    return _part("report.css")


def _part(name: str) -> str:
    return files("workspace_templates").joinpath("report", name).read_text("utf-8")


def _digest(text: str) -> str:
    """A text as a content security policy names it."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.globals["digest"] = _digest
    return environment.from_string(_part("report.html"))
