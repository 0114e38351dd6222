"""A session as `CompetitionState`: what a client shows of a competition."""

from __future__ import annotations

import math
from pathlib import Path

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.events import IdeaTried, PatchTried, RunStarted
from iiml_codegen.leaderboard import scope
from iiml_server.sessions import Session
from iiml_server.wire import (
    CandidateState,
    CompetitionState,
    RunState,
    SolveState,
    TriedPatch,
)
from iiml_server.wire_models import IdeaState

STARTING = "Starting"
LOST = "The solver ended without a word: it was killed, or the machine went down."
RESUME = "Resume goes on where it was; finished runs are kept."


def finite(number: float | None) -> float | None:
    """A number that JSON can say; None for NaN and infinity."""
    return number if number is not None and math.isfinite(number) else None


def competition_state(session: Session, more_notes: tuple[str, ...] = ()) -> CompetitionState:
    """What is known of a competition now; `more_notes` are those of the editor's side."""
    view, last, status = session.view, session.last, status_of(session)
    task = view.task or last.task
    started, use = view.started is not None, session.history.use
    message, hint = said(session, status)
    return CompetitionState(
        folder=session.uri,
        name=session.folder.name,
        seq=session.seq,
        status=status,
        title=task.title if task else None,
        kind=task.kind if task else None,
        metric=task.metric if task else None,
        greater_is_better=task.greater_is_better if task else None,
        budget=finite(view.started.options.budget) if view.started else None,
        started_at=finite(view.started_at) if started else None,
        ended_at=finite(view.started_at + view.ended.seconds) if view.ended else None,
        pid=last.holder.pid if last.holder else None,
        phase=view.phase if not beginning(session) else "",
        step=step_of(session),
        message=message,
        hint=hint,
        best=view.submission.candidate if view.submission else None,
        best_score=finite(view.best_score),
        backbone=view.started.options.backbone if view.started else None,
        tokens=use.tokens if use.calls + use.cached else None,
        cost=finite(use.cost) if use.calls > use.unpriced else None,
        submission=_page(session, "submission.csv"),
        report=_page(session, "iiml/report.html"),
        blueprint=_page(session, "iiml/blueprint.md"),
        solver_log=_page(session, "iiml/solver.log"),
        candidates=[_candidate(session, one) for one in view.leaderboard()],
        runs=[_run(session, one) for one in view.running.values()],
        tried=[_tried(one) for one in session.history.tried],
        ideas=[_idea(one) for one in session.history.ideas],
        notes=[*more_notes, *(note.text for note in session.history.notes)],
    )


def beginning(session: Session) -> bool:
    """Whether a solver holds the folder that has written nothing yet."""
    holder, started = session.last.holder, session.view.started
    return holder is not None and (started is None or started.pid != holder.pid)


def status_of(session: Session) -> SolveState:
    """Where a solve stands."""
    view = session.view
    if beginning(session):
        return "running"
    if view.ended is not None:
        return view.ended.status
    if view.started is None:
        return "new"
    return "running" if session.running else "lost"


def step_of(session: Session) -> str:
    """What is done now, for a person; nothing where nobody works."""
    if beginning(session):
        return STARTING
    return session.view.step if session.running and session.view.started else ""


def said(session: Session, status: SolveState) -> tuple[str, str]:
    """What a person should know about the state, and the way out."""
    if session.last.trouble:
        return session.last.trouble, ""
    if status == "lost":
        return LOST, RESUME
    ended = session.view.ended
    return (ended.message, ended.hint) if ended and status == ended.status else ("", "")


def _page(session: Session, place: str) -> str | None:
    return session.uri_of(place) if place in session.last.pages else None


def _pipeline(session: Session, one: Candidate) -> str | None:
    """The pipeline of a candidate's model; of a blend that of its refit; None while there is none.

    A candidate that was refitted has both: what was scored is the former.
    """
    home = f"iiml/candidates/{one.id}"
    places = [f"{home}/pipeline_{one.track}.py", f"{home}/best.py"]
    found = next((place for place in places if place in session.last.pipelines), None)
    return session.uri_of(found) if found else None


def _candidate(session: Session, one: Candidate) -> CandidateState:
    view, history = session.view, session.history
    best = view.submission is not None and view.submission.candidate == one.id
    log, refit = history.logs.get(one.id), history.refits.get(one.id)
    home = Path("iiml/candidates") / one.id
    return CandidateState(
        id=one.id,
        track=one.track,
        status=one.status,
        score=finite(one.score.value) if one.score else None,
        standard_error=finite(one.score.standard_error) if one.score else None,
        folds=[finite(fold) for fold in one.score.folds] if one.score else [],
        seconds=finite(one.seconds) or 0.0,
        scope=scope(one),
        note=one.note,
        best=best,
        folder=session.uri_of(home),
        pipeline=_pipeline(session, one),
        log=session.uri_of(f"iiml/runs/{log}/log.txt") if log else None,
        submission=session.uri_of(f"iiml/runs/{refit}/submission.csv") if refit else None,
    )


def _run(session: Session, one: RunStarted) -> RunState:
    folder = Path("iiml/runs") / one.run
    return RunState(
        id=one.run,
        purpose=one.purpose,
        candidate=one.candidate,
        fold=one.fold,
        folder=session.uri_of(folder),
        log=session.uri_of(folder / "log.txt"),
    )


def _tried(one: PatchTried) -> TriedPatch:
    return TriedPatch(
        title=one.title,
        module=one.module,
        candidate=one.candidate,
        proposed_by=one.proposed_by,
        kept=one.kept,
        diff=one.diff,
    )


def _idea(one: IdeaTried) -> IdeaState:
    return IdeaState(
        id=one.idea,
        parent=one.parent,
        step=one.step,
        title=one.title,
        why=one.why,
        outcome=one.outcome,
        candidate=one.candidate,
        reason=one.reason,
        difference=finite(one.difference),
        p_better=finite(one.p_better),
    )
