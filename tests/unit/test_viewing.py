"""Views of a solve: what they say, what they sum up, and what a terminal shows."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from iiml_codegen.domain.blueprint import FoldPlan
from iiml_codegen.domain.candidate import Candidate, CandidateStatus, Score
from iiml_codegen.domain.events import (
    BlueprintPlanned,
    CandidateUpdated,
    Entry,
    Event,
    FaultFound,
    Note,
    PatchTried,
    PhaseStarted,
    ProfileMeasured,
    RunEnded,
    RunStarted,
    SolveEnded,
    SolveStarted,
    SubmissionWritten,
    TaskAnalysed,
)
from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import Leak
from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.task import SubmissionFormat, TaskSummary
from iiml_codegen.journal import Journal
from iiml_codegen.viewing.attached import AttachedViewer, LogTail
from iiml_codegen.viewing.follow import Follower, Outcome
from iiml_codegen.viewing.plain import PlainViewer, duration, line
from iiml_codegen.viewing.solve_view import SolveView
from iiml_codegen.viewing.summary import exit_code, summary
from iiml_codegen.viewing.terminal import TerminalViewer, leaderboard, status

FORMAT = SubmissionFormat(
    file="s.csv", columns=("id", "y"), id_column="id", answer="value", answer_columns=("y",)
)
TASK = TaskSummary(
    title="Bikes",
    description_file=None,
    train_file="train.csv",
    test_file="test.csv",
    kind="regression",
    targets=("y",),
    id_column="id",
    metric="rmse",
    greater_is_better=False,
    submission=FORMAT,
)
START = SolveStarted(options=SolveOptions(budget=100.0), pid=5, started=0.0)
WRITTEN = SubmissionWritten(path="submission.csv", candidate="02-b", score=1.5)


def candidate(
    name: str, value: float | None = None, state: CandidateStatus = "scored"
) -> CandidateUpdated:
    score = None
    if value is not None:
        score = Score(value=value, standard_error=0.25, folds=(value, value), rows=10)
    return CandidateUpdated(
        candidate=Candidate(
            id=name, track="traditional", members=(), status=state, score=score, seconds=3.0
        )
    )


def entries(events: Sequence[Event], at: float = 1000.0) -> list[Entry]:
    return [Entry(seq=n, at=at + n, event=event) for n, event in enumerate(events)]


def view_of(*events: Event) -> SolveView:
    view = SolveView()
    for entry in entries(events):
        view.apply(entry)
    return view


SOLVED = (
    START,
    TaskAnalysed(task=TASK),
    candidate("01-a", 2.0),
    candidate("02-b", 1.5),
    candidate("03-c", state="failed"),
    WRITTEN,
    SolveEnded(status="solved", seconds=42.0),
)


def test_the_leaderboard_follows_the_direction_of_the_metric() -> None:
    assert [one.id for one in view_of(*SOLVED).leaderboard()] == ["02-b", "01-a", "03-c"]


def test_a_new_solve_starts_from_nothing() -> None:
    view = view_of(*SOLVED, START)
    assert (view.candidates, view.submission, view.ended, view.started) == ({}, None, None, START)


def test_the_best_score_is_that_of_all_folds_so_far() -> None:
    assert view_of(START).best_score is None
    assert view_of(START, WRITTEN).best_score == 1.5
    more_folds = candidate("02-b", 1.75)
    assert view_of(START, candidate("02-b", 1.5), WRITTEN, more_folds).best_score == 1.75


def test_time_left_counts_from_the_start() -> None:
    view = view_of(START)
    assert view.seconds_left(1030.0) == 70.0
    assert view.seconds_left(5000.0) == 0.0


def test_the_summary_has_what_scripts_need() -> None:
    answer = summary(view_of(*SOLVED), Outcome.ENDED, 50.0, Path("work"))
    assert (answer["status"], answer["task"], answer["metric"]) == ("solved", "regression", "rmse")
    assert answer["best"] == {
        "id": "02-b",
        "track": "traditional",
        "score": 1.5,
        "standard_error": 0.25,
        "folds": [1.5, 1.5],
    }
    assert answer["candidates"][2] == {
        "id": "03-c",
        "track": "traditional",
        "score": None,
        "status": "failed",
        "scope": "",
        "seconds": 3.0,
    }
    assert (Path(answer["submission"]), answer["seconds"]) == (Path("work/submission.csv"), 42.0)


FAILED = SolveEnded(status="failed", seconds=1.0, message="no target", exit_code=3)
STOPPED = SolveEnded(status="stopped", seconds=1.0)
SOLVE_ENDED = SolveEnded(status="solved", seconds=1.0)


@pytest.mark.parametrize(
    ("events", "outcome", "code"),
    [
        ((START, WRITTEN, SOLVE_ENDED), Outcome.ENDED, 0),
        ((START, WRITTEN, STOPPED), Outcome.INTERRUPTED, 130),
        ((START, STOPPED), Outcome.INTERRUPTED, 7),
        ((START, SOLVE_ENDED), Outcome.ENDED, 7),
        ((START, FAILED), Outcome.ENDED, 3),
        ((START, FAILED), Outcome.INTERRUPTED, 3),
        ((START, WRITTEN), Outcome.LOST, 1),
        ((START, WRITTEN), Outcome.DETACHED, 130),
    ],
)
def test_exit_codes(events: tuple[Event, ...], outcome: Outcome, code: int) -> None:
    assert exit_code(view_of(*events), outcome) == code


FAULT = Fault(kind="dtype", message="text", place=Place(file="prep.py", line=3), evidence="")
FOLDS = FoldPlan(strategy="random", folds=5, column=None, why="")
LINES: list[tuple[Event, str]] = [
    (START, "Solving with a budget of 1 min 40 s"),
    (PhaseStarted(phase="planning", title="Look"), "planning: Look"),
    (TaskAnalysed(task=TASK), "Task: regression of y, scored by rmse"),
    (
        ProfileMeasured(
            train_rows=9,
            test_rows=4,
            columns=3,
            seconds=1.0,
            leaks=(Leak(column="z", by="value", score=1.0, why=""),),
        ),
        "Measured 9 training and 4 test rows, 3 columns; suspected leaks: z",
    ),
    (
        BlueprintPlanned(title="B", steps=7, members=("a", "b"), folds=FOLDS),
        "Plan: 7 steps, a, b, 5 random folds",
    ),
    (candidate("01-a", 2.0), "Candidate 01-a: scored, 2.00000 ± 0.25000"),
    (candidate("01-a", state="running"), ""),
    (
        RunEnded(result=RunResult(id="r", status="timeout", reason="wall limit"), purpose="fold"),
        "Run r (fold): wall limit",
    ),
    (RunEnded(result=RunResult(id="r", status="ok"), purpose="fold"), ""),
    (FaultFound(fault=FAULT), "Fault: dtype at prep.py:3: text"),
    (PatchTried(title="cast to float", kept=False), "Patch dropped: cast to float"),
    (WRITTEN, "Submission written: 02-b, 1.50000"),
    (Note(level="warning", text="careful"), "Warning: careful"),
    (FAILED, "Failed after 1 s: no target"),
]


@pytest.mark.parametrize(("event", "text"), LINES)
def test_each_event_has_its_line(event: Event, text: str) -> None:
    assert line(event) == text


def test_durations_are_said_as_people_do() -> None:
    assert [duration(one) for one in (0.4, 59.4, 61, 600)] == [
        "0 s",
        "59 s",
        "1 min 01 s",
        "10 min 00 s",
    ]


def test_plain_lines_begin_with_the_time_since_the_start() -> None:
    out = io.StringIO()
    viewer, view = PlainViewer(out), SolveView()
    for entry in entries([START, PhaseStarted(phase="planning", title="Look")]):
        view.apply(entry)
        viewer.show(view, entry)
    assert out.getvalue().splitlines()[1] == "[   1.0 s] planning: Look"


def rendered(thing: object) -> str:
    out = io.StringIO()
    Console(file=out, width=100).print(thing)
    return out.getvalue()


def test_the_bottom_lines_show_step_best_time_and_runs() -> None:
    run = RunStarted(run="fold-1", purpose="fold", folder="/x", command=("python",))
    phase = PhaseStarted(phase="integration", title="Score folds")
    text = rendered(status(view_of(*SOLVED[:-1], phase, run), 1030.0))
    for part in ("Score folds", "rmse 1.50000 ± 0.25000", "02-b", "1 min 10 s", "fold-1"):
        assert part in text


def test_the_bottom_lines_say_that_there_is_nothing_yet() -> None:
    assert "no submission yet" in rendered(status(view_of(START), 1001.0))
    assert "Starting" in rendered(status(SolveView(), 0.0))


def test_the_leaderboard_marks_what_was_submitted() -> None:
    rows = [row for row in rendered(leaderboard(view_of(*SOLVED))).splitlines() if "0" in row]
    assert "→" in rows[0]
    assert "02-b" in rows[0]
    assert not any("→" in row for row in rows[1:])


def test_a_terminal_keeps_the_history_and_takes_its_bottom_lines_away() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100)
    viewer, view = TerminalViewer(console, clock=lambda: 1010.0), SolveView()
    for entry in entries(SOLVED):
        view.apply(entry)
        viewer.show(view, entry)
    viewer.close()
    assert "Solved after 42 s" in out.getvalue()
    assert "Submission written: 02-b" in out.getvalue()


def test_a_growing_log_is_given_in_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    log = LogTail(path)
    assert log.lines() == []
    path.write_bytes(b"one\ntw")
    assert log.lines() == ["one"]
    with path.open("ab") as more:
        more.write("o\r\nthree 🚲".encode())
    assert log.lines() == ["two"]
    assert log.lines(final=True) == ["three 🚲"]
    assert log.lines(final=True) == []


def test_an_attached_view_shows_output_before_the_end_of_its_run(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("fitting\ndone", "utf-8")
    out = io.StringIO()
    viewer, view = AttachedViewer(out), SolveView()
    command = ("python", "-I", "a b.py")
    run = RunStarted(run="r", purpose="fold", folder=str(tmp_path), command=command)
    ended = RunEnded(
        result=RunResult(id="r", status="failed", reason="exit code 1"), purpose="fold"
    )
    for entry in entries([START, run, ended]):
        view.apply(entry)
        viewer.show(view, entry)
    said = [text.split("] ")[-1] for text in out.getvalue().splitlines()]
    assert said[1:] == [
        "$ python -I 'a b.py'",
        "  r | fitting",
        "  r | done",
        "Run r (fold): exit code 1",
    ]


class Silent:
    """A viewer that collects what it is shown."""

    def __init__(self, interrupt_at: int = 0) -> None:
        self.shown: list[Event] = []
        self.said: list[str] = []
        self._interrupt_at = interrupt_at
        self._ticks = 0

    def show(self, view: SolveView, entry: Entry) -> None:
        self.shown.append(entry.event)

    def tick(self, view: SolveView) -> None:
        self._ticks += 1
        if self._interrupt_at and self._ticks % self._interrupt_at == 0:
            raise KeyboardInterrupt

    def say(self, text: str) -> None:
        self.said.append(text)

    def close(self) -> None:
        """Nothing is held."""


def follow(journal: Journal, viewer: Silent, asked: list[str], after: int = 0) -> Outcome:
    living = iter([True] * 4 + [False] * 9)
    follower = Follower(
        journal,
        viewer,
        5,
        alive=lambda: next(living),
        ask_to_stop=lambda: asked.append("stop"),
    )
    return follower.follow(after)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.sqlite")


def test_a_follower_shows_only_its_own_solve(journal: Journal) -> None:
    other = SolveStarted(options=SolveOptions(), pid=4, started=0.0)
    for event in (other, candidate("old", 1.0), STOPPED, *SOLVED, other, candidate("new", 1.0)):
        journal.append(event)
    viewer = Silent()
    assert follow(journal, viewer, []) is Outcome.ENDED
    assert viewer.shown == list(SOLVED)


def test_a_follower_notices_that_the_solver_is_gone(journal: Journal) -> None:
    journal.append(START)
    assert follow(journal, Silent(), []) is Outcome.LOST


def test_one_interruption_asks_to_stop_and_a_second_leaves(journal: Journal) -> None:
    journal.append(START)
    asked: list[str] = []
    viewer = Silent(interrupt_at=1)
    assert follow(journal, viewer, asked) is Outcome.DETACHED
    assert asked == ["stop"]
    assert "best so far" in viewer.said[0]
    assert viewer.shown == [START]
