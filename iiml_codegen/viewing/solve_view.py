"""The state of one solve, folded from its events; every view shows it in its own way."""

from __future__ import annotations

from dataclasses import dataclass, field

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.events import (
    CandidateUpdated,
    Entry,
    IdeaTried,
    ModelCalled,
    PhaseStarted,
    RunEnded,
    RunStarted,
    SolveEnded,
    SolveStarted,
    StepWorth,
    SubmissionWritten,
    TaskAnalysed,
    WaysCompared,
)
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.leaderboard import ranked
from iiml_codegen.model_use import ModelUse, together


@dataclass
class SolveView:
    """What is known of a solve so far. `started_at` and `now` are Unix seconds.

    `worths` are by step, for the candidate that was measured last.
    """

    started: SolveStarted | None = None
    started_at: float = 0.0
    task: TaskSummary | None = None
    phase: str = ""
    step: str = "Starting"
    candidates: dict[str, Candidate] = field(default_factory=dict)
    running: dict[str, RunStarted] = field(default_factory=dict)
    submission: SubmissionWritten | None = None
    asked: dict[str, ModelUse] = field(default_factory=dict)
    worths: dict[str, StepWorth] = field(default_factory=dict)
    ways: WaysCompared | None = None
    ended: SolveEnded | None = None

    def apply(self, entry: Entry) -> None:
        """Take in one entry. A new solve in the same journal starts from nothing.

        A run of one track is compared with what there is: candidates and submission stay. What was
        paid for a solve that is resumed counts on.
        """
        event = entry.event
        match event:
            case SolveStarted():
                new = SolveView()
                if event.track is not None:
                    new.task, new.candidates = self.task, self.candidates
                    new.submission = self.submission
                if event.resumed:
                    new.asked = self.asked
                vars(self).update(vars(new))
                self.started, self.started_at = event, entry.at
            case PhaseStarted():
                self.phase, self.step = event.phase, event.title
            case TaskAnalysed():
                self.task = event.task
            case CandidateUpdated():
                self.candidates[event.candidate.id] = event.candidate
            case RunStarted():
                self.running[event.run] = event
            case RunEnded():
                self.running.pop(event.result.id, None)
            case SubmissionWritten():
                self.submission = event
            case ModelCalled():
                self.asked[event.agent] = self.asked.get(event.agent, ModelUse()).and_also(event)
            case StepWorth():
                known = self.worths.items()
                mine = {s: one for s, one in known if one.candidate == event.candidate}
                self.worths = {**mine, event.step: event}
            case WaysCompared():
                self.ways = event
            case IdeaTried(outcome="kept"):
                self.worths.pop(event.step, None)  # that step is another one now
            case SolveEnded():
                self.ended = event
                self.running.clear()
            case _:
                return

    @property
    def best(self) -> Candidate | None:
        """The candidate whose predictions stand in `submission.csv`."""
        return self.candidates.get(self.submission.candidate) if self.submission else None

    @property
    def best_score(self) -> float | None:
        """Its score by now: more folds may have been scored since `submission.csv` was written."""
        if self.best is not None and self.best.score is not None:
            return self.best.score.value
        return self.submission.score if self.submission else None

    @property
    def use(self) -> ModelUse:
        """What asking models took so far, of all agents together."""
        return together(self.asked.values())

    @property
    def greater_is_better(self) -> bool:
        """The direction of the metric; upwards while the task is unknown."""
        return self.task is None or self.task.greater_is_better

    def seconds_left(self, now: float) -> float:
        """What is left of the budget, never below 0."""
        budget = self.started.options.budget if self.started else 0.0
        return max(0.0, budget - (now - self.started_at)) if self.started else 0.0

    def leaderboard(self) -> list[Candidate]:
        """Candidates, best first, in the order that all views share."""
        return ranked(self.candidates.values(), greater_is_better=self.greater_is_better)
