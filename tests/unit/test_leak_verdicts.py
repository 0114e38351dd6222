"""What measurements mean: verdicts, their places in prep, and how journal and report tell them."""

from __future__ import annotations

from pathlib import Path

import pytest

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, FoldStrategy
from iiml_codegen.domain.candidate import Candidate, Score
from iiml_codegen.domain.events import Entry, LeakTested
from iiml_codegen.domain.leak import LeakOutcome
from iiml_codegen.domain.run import RunResult
from iiml_codegen.domain.wire import from_json, to_json
from iiml_codegen.integration.leak_tests import forbidden_reads, id_feature, row_independence
from iiml_codegen.integration.leak_tests.answers import Moved, RowsCompared, Variant
from iiml_codegen.integration.leak_tests.placing import as_violation, step_at, undeclared
from iiml_codegen.integration.leak_tests.row_independence import Compared
from iiml_codegen.journal import Journal
from iiml_codegen.leaderboard import ranked
from iiml_codegen.report import Story, render_report
from iiml_codegen.search.leak_trial import refusal
from iiml_codegen.viewing.plain import line

PREP = """\
RATES = {"size": 2}


def prepare(data_dir):
    # [P1] Read the tables
    rows = read(data_dir)
    # [P2] Rank the sizes of all rows
    rows["rank"] = rows["size"].rank()
    # [P3] Take the age
    rows["old"] = rows.age > 50
    return rows
"""
ALL_CHANGE = RowsCompared(rows=10, changed=10, largest=0.5, spread=1.0)
NONE_CHANGES = RowsCompared(rows=10, changed=0, largest=0.0, spread=1.0)


def plan(*declared: str, strategy: FoldStrategy = "random") -> Blueprint:
    folds = FoldPlan(strategy=strategy, folds=3, column=None, why="test")
    return Blueprint(
        title="", kind="binary", steps=(), members=(), folds=folds, transductive=declared
    )


def moved(*columns: str) -> tuple[Moved, ...]:
    return tuple(
        Moved(output="features_test", column=name, rows=10, changed=10) for name in columns
    )


def verdict(how: str, columns: tuple[Moved, ...], blueprint: Blueprint, written: str = "") -> str:
    one = Compared(how, ALL_CHANGE, columns)
    return row_independence.judge([one], PREP, blueprint, written)[0].verdict


def test_a_change_that_a_declared_step_makes_is_information() -> None:
    assert verdict("removed", moved("rank"), plan("P2")) == "declared"


def test_a_change_outside_of_the_declared_steps_is_a_violation_with_its_columns() -> None:
    one = Compared("removed", ALL_CHANGE, moved("rank", "old"))
    (found,) = row_independence.judge([one], PREP, plan("P2"), "")
    assert (found.verdict, found.names) == ("violated", ("old",))


def test_nothing_declared_makes_any_change_a_violation() -> None:
    assert verdict("repeated", moved("rank"), plan()) == "violated"


def test_shuffling_is_a_violation_although_declared() -> None:
    assert verdict("shuffled", moved("rank"), plan("P2"), PREP) == "violated"


def test_a_model_that_looks_at_other_test_rows_is_a_violation_although_prep_declares_some() -> None:
    assert verdict("removed", (), plan("P2"), PREP) == "violated"


def test_last_bits_of_sums_in_another_order_are_no_leak() -> None:
    one = Compared("shuffled", ALL_CHANGE, (), noisy=True)
    (found,) = row_independence.judge([one], PREP, plan(), "")
    assert found.verdict == "reported"


def test_features_that_move_without_a_prediction_refuse_nobody_unless_their_order_told() -> None:
    removed, shuffled = (
        Compared(how, NONE_CHANGES, moved("rank")) for how in ("removed", "shuffled")
    )
    found = row_independence.judge([removed, shuffled], PREP, plan(), PREP)
    assert [one.verdict for one in found] == ["passed", "violated"]
    found = row_independence.judge([removed], PREP, plan(), "")
    assert [(one.verdict, one.names, one.line) for one in found] == [("reported", ("rank",), 8)]
    assert refusal(found) is None


@pytest.mark.parametrize(("strategy", "code"), [("forward", "IIML510"), ("blocks", "IIML502")])
def test_later_rows_count_as_the_future_where_the_test_lies_after_train(
    strategy: FoldStrategy, code: str
) -> None:
    one = Compared("early", ALL_CHANGE, moved("old"))
    (found,) = row_independence.judge([one], PREP, plan(strategy=strategy), "")
    assert (found.code, found.verdict) == (code, "violated")


def test_a_test_that_was_not_run_says_why_and_refuses_nobody() -> None:
    one = Compared("removed", why_not="no time was left for it")
    found = row_independence.judge([one], PREP, plan(), "")
    assert (found[0].verdict, refusal(found)) == ("skipped", None)


def test_an_id_with_structure_refuses_and_one_that_is_drawn_anew_is_reported() -> None:
    columns = moved("shelf")
    kept, renewed = (id_feature.judge(Variant(renewed=new), columns) for new in (False, True))
    assert (kept.verdict, renewed.verdict) == ("violated", "reported")
    assert refusal([renewed, kept]) == kept


def test_a_forbidden_read_is_named() -> None:
    run = RunResult(id="a", status="forbidden", forbidden=("read /real/train.csv",))
    found = forbidden_reads.judge([run])
    assert (found.verdict, found.names) == ("violated", ("read /real/train.csv",))


def test_a_region_ends_where_its_function_ends() -> None:
    assert step_at(PREP, 8) == "P2"
    assert step_at(PREP + "\n\ndef other():\n    return 1\n", 15) is None
    assert undeclared(PREP, ["rank", "old", "nowhere"], ["P2"]) == ("old",)


def test_a_verdict_points_at_the_line_that_makes_its_column() -> None:
    outcome = LeakOutcome(code="IIML504", verdict="violated", says="ids", names=("rank",))
    found = as_violation(outcome, PREP)
    assert (found.place.line, found.step, found.severity) == (8, "P2", "error")


def test_a_broken_plan_and_an_own_label_are_warnings() -> None:
    for code in ("IIML505", "IIML509"):
        outcome = LeakOutcome(code=code, verdict="violated", says="too easy")
        assert as_violation(outcome, PREP).severity == "warning"
        assert refusal([outcome]) is None


def event_of(verdict: str = "violated", says: str = "a <b> leak") -> LeakTested:
    outcome = LeakOutcome(code="IIML504", verdict=verdict, says=says)  # type: ignore[arg-type]
    return LeakTested(outcome=outcome, candidate="01-a")


def test_the_journal_keeps_verdicts_beside_older_events(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    journal.append(event_of())
    assert [entry.event for entry in journal.read()] == [event_of()]
    journal.close()
    entry = Entry(seq=1, at=0.0, event=event_of())
    assert from_json(to_json(entry), Entry) == entry


def test_the_report_has_a_table_of_leak_tests_and_escapes_what_they_say() -> None:
    story = Story(leak_tests=(event_of(), event_of("passed", "all quiet")))
    page = render_report(task=None, profile=None, blueprint=None, candidates=[], story=story)
    assert "<h2>Leak tests</h2>" in page
    assert "a &lt;b&gt; leak" in page
    assert "all quiet" in page


def test_plain_lines_tell_what_was_found_and_nothing_that_passed() -> None:
    assert line(event_of()) == "Leak test IIML504 of 01-a: violated: a <b> leak"
    assert line(event_of("passed")) == ""


def test_a_candidate_that_failed_is_not_ranked() -> None:
    score = Score(value=0.9, standard_error=0.1, folds=(0.9,), rows=9)
    low = Score(value=0.6, standard_error=0.1, folds=(0.6,), rows=9)
    leaky = Candidate(id="a", track="traditional", members=(), status="failed", score=score)
    clean = Candidate(id="b", track="traditional", members=(), status="scored", score=low)
    assert [c.id for c in ranked([leaky, clean], greater_is_better=True)] == ["b", "a"]


def test_what_is_declared_points_at_the_step_that_declares_it() -> None:
    outcome = LeakOutcome(
        code="IIML502", verdict="declared", says="by design", names=("size",), steps=("P2",)
    )
    found = as_violation(outcome, PREP)
    assert (found.place.line, found.step, found.severity) == (7, "P2", "information")


def test_a_column_that_only_a_declared_view_changes_is_no_violation() -> None:
    scaled = Moved(output="design_test", column="old", rows=9, changed=9, stays_elsewhere=True)
    assert verdict("removed", (*moved("rank"), scaled), plan("P2")) == "declared"
    assert verdict("removed", (*moved("rank", "old"), scaled), plan("P2")) == "violated"
