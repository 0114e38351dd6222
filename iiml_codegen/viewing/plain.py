"""A solve as plain lines, one per event that a reader cares about: for pipes and logs."""

from __future__ import annotations

from typing import TextIO

from iiml_codegen.domain.candidate import WORDS, Candidate
from iiml_codegen.domain.events import (
    BlueprintPlanned,
    CandidateUpdated,
    Entry,
    Event,
    FaultFound,
    IdeaTried,
    LeakTested,
    Note,
    PatchTried,
    PhaseStarted,
    ProfileMeasured,
    RunEnded,
    SolveEnded,
    SolveStarted,
    StepWorth,
    SubmissionWritten,
    TaskAnalysed,
    WaysCompared,
)
from iiml_codegen.leaderboard import scope
from iiml_codegen.model_use import use_text
from iiml_codegen.viewing.solve_view import SolveView


class PlainViewer:
    """Writes lines that begin with the seconds since the solve started."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, view: SolveView, entry: Entry) -> None:
        """Write the entry's line, if it has one."""
        text = line(entry.event)
        if text:
            self.say(f"[{entry.at - view.started_at:6.1f} s] {text}")

    def tick(self, view: SolveView) -> None:
        """Lines do not change with time."""

    def say(self, text: str) -> None:
        """Write a line."""
        print(text, file=self._stream, flush=True)

    def close(self) -> None:
        """Everything was written already."""


def line(event: Event) -> str:
    """What one event says to a person; empty for those that only views need."""
    match event:
        case SolveStarted():
            verb = "Resuming" if event.resumed else "Solving"
            if event.track is not None:
                verb = f"Running the track {event.track}"
            return f"{verb} with a budget of {duration(event.options.budget)}"
        case PhaseStarted():
            return f"{event.phase}: {event.title}"
        case TaskAnalysed(task=task):
            return f"Task: {task.kind} of {', '.join(task.targets)}, scored by {task.metric}"
        case ProfileMeasured():
            return (
                f"Measured {event.train_rows} training and {event.test_rows} test rows, "
                f"{event.columns} columns{_leaks(event)}"
            )
        case BlueprintPlanned():
            folds = f"{event.folds.folds} {event.folds.strategy} folds"
            return f"Plan: {event.steps} steps, {', '.join(event.members)}, {folds}"
        case CandidateUpdated(candidate=candidate):
            return _candidate(candidate)
        case RunEnded(result=result):
            why = result.reason or result.status
            return "" if result.ok else f"Run {result.id} ({event.purpose}): {why}"
        case FaultFound(fault=fault):
            place = f" at {fault.place.file}:{fault.place.line}" if fault.place else ""
            return f"Fault: {fault.kind}{place}: {fault.message}"
        case PatchTried():
            return f"Patch {'kept' if event.kept else 'dropped'}: {event.title}"
        case LeakTested():
            return _leak_test(event)
        case SubmissionWritten():
            score = "" if event.score is None else f", {event.score:.5f}"
            return f"Submission written: {event.candidate}{score}"
        case IdeaTried():
            return _idea(event)
        case StepWorth():
            worth = f"{event.difference:+.5f} ± {event.standard_error:.5f}"
            return f"Step {event.step} of {event.candidate} is worth {worth}"
        case WaysCompared():
            return f"Ways to combine: {ways_text(event)}"
        case Note():
            mark = {"information": "", "warning": "Warning: ", "error": "Error: "}[event.level]
            return mark + event.text
        case SolveEnded():
            message = f": {event.message}" if event.message else ""
            hint = f" ({event.hint})" if event.hint else ""
            return f"{event.status.capitalize()} after {duration(event.seconds)}{message}{hint}"
        case _:
            return ""


def ways_text(event: WaysCompared) -> str:
    """Each way to combine with its score, and which one was taken."""
    told = [f"{WORDS[way.method]} {way.value:.5f}" for way in event.ways]
    return f"{', '.join(told)}; taken: {WORDS[event.taken]}"


def asked_lines(view: SolveView) -> list[str]:
    """What models were asked, a line for each agent and one for all; none where nobody was."""
    if not view.asked:
        return []
    lines = [f"Models: {agent}: {use_text(use)}" for agent, use in view.asked.items()]
    return [*lines, f"Models, all agents: {use_text(view.use)}"]


def duration(seconds: float) -> str:
    """Seconds as a person says them: "42 s", "3 min 05 s"."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02d} s"


def score_text(candidate: Candidate) -> str:
    """Score with its standard error; empty where there is none."""
    score = candidate.score
    return f"{score.value:.5f} ± {score.standard_error:.5f}" if score else ""


def status_text(candidate: Candidate) -> str:
    """Its status, with what the score was measured on where that is not every row."""
    return f"{candidate.status} {scope(candidate)}".rstrip()


def _candidate(candidate: Candidate) -> str:
    if candidate.status == "running" and candidate.score is None:
        return ""
    score = score_text(candidate)
    note = f" ({candidate.note})" if candidate.note else ""
    return f"Candidate {candidate.id}: {status_text(candidate)}{', ' if score else ''}{score}{note}"


def _idea(event: IdeaTried) -> str:
    """An idea, and what came of it."""
    said = f"Idea {event.idea} {event.outcome}: [{event.step}] {event.title}, on {event.parent}"
    if event.difference is not None and event.p_better is not None:
        error = event.standard_error or 0.0
        gain = f"{event.difference:+.5f} ± {error:.5f}"
        said += f": gain {gain}, better with probability {event.p_better:.2f}"
    return f"{said}: {event.reason}" if event.reason else said


def _leak_test(event: LeakTested) -> str:
    """What a leak test found; nothing of what passed, or was left out for a reason."""
    outcome, about = event.outcome, f" of {event.candidate}" if event.candidate else ""
    if outcome.verdict in ("passed", "skipped"):
        return ""
    return f"Leak test {outcome.code}{about}: {outcome.verdict}: {outcome.says}"


def _leaks(event: ProfileMeasured) -> str:
    names = ", ".join(leak.column for leak in event.leaks)
    return f"; suspected leaks: {names}" if names else ""
