"""What happens during a solve, as the journal keeps it and every view reads it."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.blueprint import FoldPlan, Track
from iiml_codegen.domain.candidate import Candidate, Method, WayScore
from iiml_codegen.domain.fault import Fault
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import Leak
from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen

Phase = Literal["planning", "implementation", "integration"]
Level = Literal["information", "warning", "error"]
CallOutcome = Literal["accepted", "rejected", "failed", "cached"]
IdeaOutcome = Literal["kept", "dropped", "failed"]
SolveStatus = Literal["solved", "stopped", "failed", "bug"]
"""`stopped`: by request, with what there was; `failed`: expected trouble; `bug`: see solver.log."""


class Happening(Frozen, tag_field="event", tag=True):
    """Base of all events; in JSON the class name stands under `event`."""


class SolveStarted(Happening):
    """A solver took the folder. `started` is the process's start time in Unix seconds.

    With `track` it runs only that track, with the modules as they stand, on the plan of before.
    """

    options: SolveOptions
    pid: int
    started: float
    resumed: bool = False
    version: str = ""
    track: Track | None = None


class PhaseStarted(Happening):
    """A phase of the paper's figure, or a step inside it: `title` is what a person reads."""

    phase: Phase
    title: str


class TaskAnalysed(Happening):
    """The task is understood."""

    task: TaskSummary


class ProfileMeasured(Happening):
    """The data were measured; the whole profile is in `iiml/profile.json`."""

    train_rows: int
    test_rows: int
    columns: int
    seconds: float
    leaks: tuple[Leak, ...] = ()
    warnings: tuple[str, ...] = ()


class BlueprintPlanned(Happening):
    """The plan stands; the whole blueprint is in `iiml/blueprint.json`."""

    title: str
    steps: int
    members: tuple[str, ...]
    folds: FoldPlan


class RunStarted(Happening):
    """A supervisor was started (`adopted`: found at work) for a script."""

    run: str
    purpose: str
    folder: str
    command: tuple[str, ...]
    candidate: str | None = None
    fold: int | None = None
    adopted: bool = False


class RunEnded(Happening):
    """A run ended; the log stays in the run's folder."""

    result: RunResult
    purpose: str
    candidate: str | None = None
    fold: int | None = None


class CandidateUpdated(Happening):
    """A candidate is new, or its status or score changed; the last one of an id counts."""

    candidate: Candidate


class FaultFound(Happening):
    """The error analyzer localised a failure."""

    fault: Fault
    run: str | None = None
    candidate: str | None = None


class PatchTried(Happening):
    """A patch was applied and the failed step run again; `kept` if it passed.

    `diff` is unified, and cut where it is very long.
    """

    title: str
    kept: bool
    module: str = ""
    proposed_by: str = ""
    candidate: str | None = None
    diff: str = ""


class LeakTested(Happening):
    """A leak test was run, or left out for a reason; without a candidate it is about the plan."""

    outcome: LeakOutcome
    candidate: str | None = None


class SubmissionWritten(Happening):
    """`submission.csv` was replaced by what this candidate predicts."""

    path: str
    candidate: str
    score: float | None


class ModelCalled(Happening):
    """A backbone was asked, or its answer was known already (`cached`: nothing was sent or paid).

    `prompt` is "name@version"; a `rejected` answer was no use, for the reason `why`, and `failed`
    ones never came. `cost` is in dollars, None where no price is known.
    """

    agent: str
    prompt: str
    backbone: str
    model: str
    outcome: CallOutcome
    why: str = ""
    round: int = 1
    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False
    cost: float | None = None
    seconds: float = 0.0


class EditorQuestion(Happening):
    """The solver waits for an answer of the editor's model; the question lies in a file.

    `file` is the path below `iiml/`; the answer comes as `ModelAnswer` in the inbox.
    """

    question: str
    file: str


class IdeaTried(Happening):
    """A change of one blueprint step became a candidate of its own, and was measured.

    `parent` is the candidate that it changes. `difference` is how much better it is on the rows
    that both predicted, in the metric; negative where it is worse.
    """

    idea: str
    parent: str
    step: str
    title: str
    why: str
    outcome: IdeaOutcome
    candidate: str | None = None
    reason: str = ""
    difference: float | None = None
    standard_error: float | None = None
    p_better: float | None = None


class WaysCompared(Happening):
    """Ways to combine were compared out of fold, on the rows that all whole candidates predicted.

    `candidate` is what was made of the way that was taken.
    """

    candidate: str
    taken: Method
    ways: tuple[WayScore, ...]


class StepWorth(Happening):
    """What a step is worth: how much worse its candidate scores with the step's region left out."""

    step: str
    candidate: str
    difference: float
    standard_error: float
    p_better: float
    rows: int


class Note(Happening):
    """Something a reader should know: a guess, a fallback, a hand edit kept."""

    level: Level
    text: str


class SolveEnded(Happening):
    """The solver is done. `exit_code` is what a command line should exit with."""

    status: SolveStatus
    seconds: float
    message: str = ""
    hint: str = ""
    code: str = ""
    exit_code: int = 0


Event = (
    SolveStarted
    | PhaseStarted
    | TaskAnalysed
    | ProfileMeasured
    | BlueprintPlanned
    | RunStarted
    | RunEnded
    | CandidateUpdated
    | FaultFound
    | PatchTried
    | LeakTested
    | SubmissionWritten
    | ModelCalled
    | EditorQuestion
    | IdeaTried
    | StepWorth
    | WaysCompared
    | Note
    | SolveEnded
)


class Entry(Frozen):
    """One event with its number in the journal and the Unix time of its writing."""

    seq: int
    at: float
    event: Event
