"""The report page: what it says, in which order, and that data cannot break out of it."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from iiml_codegen import report_words as words
from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Step
from iiml_codegen.domain.candidate import Candidate, CandidateStatus, Score
from iiml_codegen.domain.events import (
    CandidateUpdated,
    FaultFound,
    Note,
    PatchTried,
    SolveEnded,
    SolveStarted,
    SubmissionWritten,
)
from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import ColumnProfile, DataProfile, Leak, TargetProfile
from iiml_codegen.domain.task import Guess, SubmissionFormat, TaskSummary
from iiml_codegen.domain.wire import to_json
from iiml_codegen.journal import Journal
from iiml_codegen.leaderboard import ranked
from iiml_codegen.report import Story, render_report, write_report
from iiml_codegen.report_chart import draw, nice_step
from iiml_codegen.workspace import Workspace

NASTY = "<script>alert('x')</script>\"&"


def task(title: str = "Late bikes", greater_is_better: bool = True) -> TaskSummary:
    return TaskSummary(
        title=title,
        description_file="description.md",
        train_file="train.csv",
        test_file="test.csv",
        kind="binary",
        targets=("returned_late",),
        id_column="rental_id",
        metric="roc_auc" if greater_is_better else "log_loss",
        greater_is_better=greater_is_better,
        submission=SubmissionFormat(
            file="sample_submission.csv",
            columns=("rental_id", "returned_late"),
            id_column="rental_id",
            answer="probability",
            answer_columns=("returned_late",),
        ),
        classes=("0", "1"),
        guesses=(Guess(what="metric", value="roc_auc", why="the description says AUC"),),
    )


def profile(name: str = "station") -> DataProfile:
    station = ColumnProfile(
        name=name,
        role="category",
        why="ten short strings",
        in_train=True,
        in_test=True,
        dtype="str",
        distinct=10,
        missing_train=0.0,
        missing_test=0.0,
        signal=0.21,
        examples=(name, "Zoo"),
    )
    return DataProfile(
        train_rows=1500,
        test_rows=600,
        columns=(station,),
        targets=(TargetProfile(name="returned_late", distinct=2, missing=0.0, shares={"0": 0.7}),),
        leaks=(Leak(column="returned_at", by="presence", score=0.99, why="only late ones"),),
    )


def blueprint(why: str = "8 % of the ages are missing") -> Blueprint:
    return Blueprint(
        title="Trees on bikes",
        kind="binary",
        steps=(Step(id="P1", part="prep", key="impute", title="Fill ages", why=why),),
        members=(),
        folds=FoldPlan(strategy="stratified", folds=5, column=None, why="few late ones"),
    )


def candidate(name: str, value: float | None, status: CandidateStatus = "scored") -> Candidate:
    score = None
    if value is not None:
        folds = (value - 0.02, value + 0.02)
        score = Score(value=value, standard_error=0.01, folds=folds, rows=1500)
    return Candidate(
        id=name, track="traditional", members=(name,), status=status, score=score, seconds=12.0
    )


def page(*candidates: Candidate, **changes: object) -> str:
    parts = {"task": task(), "profile": profile(), "blueprint": blueprint(), "story": Story()}
    return render_report(candidates=candidates, **{**parts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "html",
    [
        page(candidate(NASTY, 0.8)),
        page(task=task(NASTY)),
        page(profile=profile(NASTY)),
        page(blueprint=blueprint(NASTY)),
        page(story=Story(notes=(Note(level="warning", text=NASTY),))),
        page(story=Story(patches=(PatchTried(title=NASTY, kept=True),))),
    ],
    ids=["candidate", "title", "column", "why", "note", "patch"],
)
def test_markup_in_the_data_stays_text(html: str) -> None:
    assert "&lt;script&gt;" in html
    assert "<script" not in html


def test_the_page_loads_nothing() -> None:
    html = page(candidate("lightgbm", 0.8))
    assert re.findall(r"(?:src|href|url|@import)\b\s*[=(]", html) == []
    assert "default-src 'none'" in html


def test_the_page_is_the_same_each_time() -> None:
    assert page(candidate("lightgbm", 0.8)) == page(candidate("lightgbm", 0.8))


def test_the_best_candidate_stands_first_whichever_way_is_better() -> None:
    good, bad = candidate("good", 0.8), candidate("bad", 0.6)
    greater = ranked([bad, good], greater_is_better=True)
    smaller = ranked([bad, good], greater_is_better=False)
    assert [c.id for c in greater] == ["good", "bad"]
    assert [c.id for c in smaller] == ["bad", "good"]


def test_a_candidate_stopped_early_stands_after_those_scored_on_all_rows() -> None:
    board = [candidate("none", None, "failed"), candidate("early", 0.9, "partial")]
    order = ranked([*board, candidate("whole", 0.7)], greater_is_better=True)
    assert [c.id for c in order] == ["whole", "early", "none"]


def test_the_candidate_behind_the_submission_is_named_even_if_another_scored_higher() -> None:
    board = (candidate("blend", 0.80), candidate("late", 0.81))
    html = page(*board, story=Story(best="blend"))
    assert "comes from <strong>blend</strong>" in html


def test_a_page_without_anything_says_so() -> None:
    html = page(task=None, profile=None, blueprint=None)
    assert "No candidate has a score yet" in html
    assert "<h2>" not in html


def test_the_picture_is_well_formed_and_has_a_dot_for_each_score() -> None:
    html = page(candidate("a", 0.8), candidate("b", 0.7), candidate("failed", None, "failed"))
    svg = ElementTree.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])
    assert len(svg.findall(".//circle")) == 2
    assert len(svg.findall(".//line[@class='fold']")) == 4


def test_dots_lie_on_the_scale_of_the_ticks() -> None:
    chart = draw([(n, candidate(n, v).score or pytest.fail(), n) for n, v in (("a", 1), ("b", 0))])
    assert chart is not None
    at = {tick.label: tick.x for tick in chart.ticks}
    assert chart.marks[0].dot == pytest.approx(at["1.0"], abs=0.2)
    assert chart.marks[1].dot == pytest.approx(at["0.0"], abs=0.2)
    assert chart.marks[0].low < chart.marks[0].dot < chart.marks[0].high


def test_scores_without_a_number_are_not_drawn() -> None:
    score = Score(value=float("nan"), standard_error=0.0, folds=(), rows=1)
    assert draw([("a", score, "")]) is None


def test_a_single_score_without_error_can_be_drawn() -> None:
    score = Score(value=0.0, standard_error=0.0, folds=(), rows=1)
    assert draw([("a", score, "0")]) is not None


@pytest.mark.parametrize(("span", "step"), [(1.0, 0.2), (0.013, 0.005), (70.0, 20.0), (5.0, 1.0)])
def test_grid_lines_stand_at_round_values(span: float, step: float) -> None:
    assert nice_step(span) == pytest.approx(step)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.8422646, "0.84226"), (12.34567, "12.3457"), (-3.0, "-3.00000"), (123456.7, "123457")],
)
def test_scores_have_decimals_that_mean_something(value: float, text: str) -> None:
    assert words.decimal(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0 %"), (0.0004, "< 0.1 %"), (0.5, "50 %"), (0.123, "12.3 %")]
)
def test_shares_read_as_per_cent(value: float, text: str) -> None:
    assert words.share(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(2.34, "2.3 s"), (42.0, "42 s"), (123.4, "2 min 03 s")]
)
def test_durations_read_as_people_say_them(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_the_report_is_written_from_what_lies_in_the_folder(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    workspace.write_bytes(workspace.task, to_json(task()))
    workspace.write_text(workspace.submission, "rental_id,returned_late\n")
    journal = Journal(workspace.journal)
    place = Place(file="prep.py", line=12)
    fault = Fault(kind="dtype", message="age is text", place=place, evidence="")
    for event in (
        CandidateUpdated(candidate=candidate("of an earlier solve", 0.9)),
        SolveStarted(options=SolveOptions(), pid=1, started=0.0),
        CandidateUpdated(candidate=candidate("lightgbm", None, "running")),
        FaultFound(fault=fault),
        PatchTried(title="Read age as a number", kept=True),
        CandidateUpdated(candidate=candidate("lightgbm", 0.84)),
        SubmissionWritten(path="submission.csv", candidate="lightgbm", score=0.84),
        SolveEnded(status="solved", seconds=95.0),
    ):
        journal.append(event)
    journal.close()
    html = write_report(workspace).read_text("utf-8")
    assert "comes from <strong>lightgbm</strong>" in html
    assert "0.84000" in html and "1 min 35 s" in html
    assert "prep.py:12" in html and "Read age as a number" in html
    assert "of an earlier solve" not in html
    assert "submission.csv" in html and "What the data are like" not in html
