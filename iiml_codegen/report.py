"""The report: one self-contained page that tells what was asked, tried, found and written.

Column names, categories and messages come from data that nobody vouches for: the template escapes
everything, runs no script and loads nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import jinja2

from iiml_codegen import report_words as words
from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.events import (
    CandidateUpdated,
    Entry,
    Event,
    FaultFound,
    LeakTested,
    Note,
    PatchTried,
    SolveEnded,
    SolveStarted,
    SubmissionWritten,
)
from iiml_codegen.domain.fault import Fault
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import T, from_json
from iiml_codegen.journal import Journal
from iiml_codegen.leaderboard import ranked
from iiml_codegen.report_chart import draw
from iiml_codegen.workspace import Workspace


@dataclass(frozen=True)
class Story:
    """What the journal tells beside the candidates; `best` is the id behind the submission."""

    best: str | None = None
    seconds: float | None = None
    status: str = ""
    version: str = ""
    notes: tuple[Note, ...] = ()
    faults: tuple[Fault, ...] = ()
    patches: tuple[PatchTried, ...] = ()
    leak_tests: tuple[LeakTested, ...] = ()
    files: tuple[str, ...] = field(default=())


def write_report(workspace: Workspace) -> Path:
    """Write `iiml/report.html` from what lies in the folder; what is not there yet is left out."""
    journal = Journal(workspace.journal)
    try:
        events = latest_solve(journal.read())
    finally:
        journal.close()
    candidates = {e.candidate.id: e.candidate for e in events if isinstance(e, CandidateUpdated)}
    page = render_report(
        task=_read(workspace.task, TaskSummary),
        profile=_read(workspace.profile, DataProfile),
        blueprint=_read(workspace.blueprint, Blueprint),
        candidates=list(candidates.values()),
        story=story_of(events, words.files_of(workspace)),
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
) -> str:
    """The page as HTML; the same arguments give the same text."""
    board = ranked(candidates, greater_is_better=task is None or task.greater_is_better)
    best = next((c for c in board if c.id == story.best), board[0] if board else None)
    scored = [
        (words.short_label(candidate), candidate.score, words.decimal(candidate.score.value))
        for candidate in board
        if candidate.score is not None
    ]
    return _template().render(
        task=task,
        profile=profile,
        blueprint=blueprint,
        board=board,
        best=best,
        chart=draw(scored),
        story=story,
        words=words,
    )


def latest_solve(entries: Sequence[Entry]) -> list[Event]:
    """The events of the latest solve; what resumed it, and runs of its tracks, belong to it."""
    events = [entry.event for entry in entries]
    starts = [
        number
        for number, event in enumerate(events)
        if isinstance(event, SolveStarted) and not event.resumed and event.track is None
    ]
    return events[starts[-1] :] if starts else events


def story_of(events: Sequence[Event], made: Sequence[str] = ()) -> Story:
    """What the events of a solve say, and the files that it made."""
    ended = [event for event in events if isinstance(event, SolveEnded)]
    started = [event for event in events if isinstance(event, SolveStarted)]
    written = [event for event in events if isinstance(event, SubmissionWritten)]
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
    )


def _read(path: Path, kind: type[T]) -> T | None:
    return from_json(path.read_bytes(), kind) if path.is_file() else None


def _template() -> jinja2.Template:
    text = files("workspace_templates").joinpath("report", "report.html").read_text("utf-8")
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.from_string(text)
