"""The task analyzer reads tables and descriptions as a person would."""

from __future__ import annotations

from pathlib import Path

import pytest
from competitions import KINDS, write_competition

from iiml_codegen.domain.inventory import ColumnInfo, Inventory, TableInfo, TextInfo
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.errors import CompetitionError
from iiml_codegen.planning.targets import match_classes
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.worker.inventory import inventory


def column(name: str, **facts: object) -> ColumnInfo:
    """A column of ten rows."""
    usual: dict[str, object] = {
        "name": name,
        "dtype": "int",
        "distinct": 10,
        "missing": 0,
        "unique": False,
        "integral": True,
        "mean_characters": 2.0,
    }
    return from_plain({**usual, **facts}, ColumnInfo)


def table(file: str, *columns: ColumnInfo, rows: int = 10) -> TableInfo:
    """A table of ten rows."""
    return TableInfo(file=file, rows=rows, separator=",", encoding="utf-8", columns=columns)


ID = column("id", unique=True)
LABEL = column("label", distinct=2, values=("0", "1"), minimum=0.0, maximum=1.0)


def analyse(*tables: TableInfo, text: str = "") -> TaskSummary:
    """What the expert makes of these tables."""
    texts = (TextInfo(file="description.md", text=text),) if text else ()
    return ExpertTaskAnalyzer().analyse(Inventory(tables=tables, texts=texts))


def three_tables(target: ColumnInfo, *answers: ColumnInfo) -> tuple[TableInfo, ...]:
    """Train, test and sample with one feature."""
    feature = column("x")
    return (
        table("train.csv", ID, feature, target),
        table("test.csv", ID, feature),
        table("sample_submission.csv", ID, *(answers or (target,))),
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_written_competition_is_understood_as_it_was_meant(kind: str, tmp_path: Path) -> None:
    meant = from_plain(write_competition(tmp_path, kind, rows=120).task, TaskSummary)
    found = ExpertTaskAnalyzer().analyse(
        from_plain(inventory({"folder": str(tmp_path)}), Inventory)
    )
    for name in ("kind", "targets", "id_column", "classes", "train_only_columns"):
        assert getattr(found, name) == getattr(meant, name), name
    assert found.metric.endswith(meant.metric)
    assert found.submission.answer == meant.submission.answer
    assert found.submission.class_columns == meant.submission.class_columns


def test_a_number_with_many_values_is_a_regression_scored_by_rmse_and_the_guess_is_said() -> None:
    price = column("price", dtype="float", distinct=9, integral=False)
    task = analyse(*three_tables(price))
    assert (task.kind, task.metric) == ("regression", "rmse")
    assert {guess.what for guess in task.guesses} == {"metric", "description"}


def test_the_metric_of_the_evaluation_section_wins_over_one_named_in_passing() -> None:
    text = "# Churn\nMany people use accuracy.\n## Evaluation\nScored by area under the ROC curve."
    assert analyse(*three_tables(LABEL), text=text).metric == "roc_auc"


def test_grades_scored_by_kappa_are_ordinal() -> None:
    grade = column("grade", distinct=4, values=("0", "1", "2", "3"))
    text = "## Metric\nQuadratic weighted kappa."
    assert analyse(*three_tables(grade), text=text).kind == "ordinal"


def test_columns_named_after_classes_are_matched_to_labels() -> None:
    target = column("status", dtype="string", distinct=3, values=("C", "CL", "D"))
    assert match_classes(target, ("Status_C", "Status_CL", "Status_D")) == {
        "C": "Status_C",
        "CL": "Status_CL",
        "D": "Status_D",
    }


def test_columns_that_match_only_some_classes_are_no_match() -> None:
    target = column("status", dtype="string", distinct=3, values=("C", "CL", "D"))
    assert match_classes(target, ("Status_C", "Status_X", "Status_D")) == {}


def test_tables_without_telling_names_are_told_apart_by_columns() -> None:
    feature = column("x")
    task = analyse(
        table("a.csv", ID, feature),
        table("b.csv", ID, feature, LABEL),
        table("sample_submission.csv", ID, LABEL),
    )
    assert (task.train_file, task.test_file) == ("b.csv", "a.csv")


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ((), "no table"),
        (three_tables(LABEL)[:2], "no sample submission"),
        ((table("train.csv", ID, LABEL, rows=0), *three_tables(LABEL)[1:]), "no rows"),
        (three_tables(column("label", distinct=1, values=("0",))), "1 distinct"),
    ],
)
def test_what_cannot_be_solved_is_refused_with_a_way_out(
    tables: tuple[TableInfo, ...], words: str
) -> None:
    with pytest.raises(CompetitionError, match=words) as caught:
        analyse(*tables)
    assert caught.value.hint
