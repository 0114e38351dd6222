"""Submission writers: the sample's columns, order, separator and line ends; text stays text."""

from __future__ import annotations

import csv
import json
import runpy
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from competitions.pipelines import member, prep_module, shop_plan, shop_task

from iiml_codegen.domain.task import Answer, SubmissionFormat, TaskSummary
from iiml_codegen.domain.wire import from_plain, to_plain
from iiml_codegen.integration.assembler import assemble

Writer = Callable[[Path, np.ndarray, Path], None]


def task_for(answer: Answer, columns: tuple[str, ...], **changes: object) -> TaskSummary:
    """A task with this sort of answer in these columns, `id` first if it is among them."""
    form = SubmissionFormat(
        file="sample.csv",
        columns=columns,
        id_column="id" if "id" in columns else None,
        answer=answer,
        answer_columns=tuple(c for c in columns if c != "id"),
    )
    plain = to_plain(shop_task())
    assert isinstance(plain, dict)
    form_changes = changes.pop("form", {})
    assert isinstance(form_changes, dict)
    form_plain = to_plain(form)
    assert isinstance(form_plain, dict)
    return from_plain(plain | changes | {"submission": form_plain | form_changes}, TaskSummary)


def writer(folder: Path, task: TaskSummary) -> Writer:
    """`write_submission` of a pipeline assembled for a task."""
    file = folder / "pipeline.py"
    file.write_text(assemble(prep_module(), [member()], shop_plan(task=task)).text, "utf-8")
    found: Writer = runpy.run_path(str(file))["write_submission"]
    return found


def rows(file: Path) -> list[list[str]]:
    """The rows of a table."""
    with file.open(newline="", encoding="utf-8") as opened:
        return list(csv.reader(opened))


def test_class_probabilities_add_up_in_the_columns_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("id,text\n1,a\n2,b\n")
    (tmp_path / "sample.csv").write_text("id,Z,A,M\n2,0,0,0\n1,0,0,0\n")
    columns = {"a": "A", "m": "M", "z": "Z"}
    task = task_for(
        "class_probabilities",
        ("id", "Z", "A", "M"),
        classes=["a", "m", "z"],
        form={"class_columns": columns},
    )
    chances = np.array([[1 / 3, 1 / 3, 1 / 3], [1.0, 0.0, 0.0]])
    writer(tmp_path, task)(tmp_path, chances, tmp_path / "out.csv")
    header, second, first = rows(tmp_path / "out.csv")
    assert header == ["id", "Z", "A", "M"]
    assert (second[0], first[0]) == ("2", "1")
    assert float(second[2]) > 0.999 > 0.001 > float(second[1]) > 0
    for row in (first, second):
        assert abs(sum(map(float, row[1:])) - 1) < 1e-9


def test_copied_columns_and_quotes_come_back_as_they_were(tmp_path: Path) -> None:
    table = [["Insult", "Date", "Text"], ["0", "", 'say "no", twice\nand é'], ["0", "2012", ""]]
    for name, cells in {"sample.csv": table, "test.csv": [row[1:] for row in table]}.items():
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(cells)
    form = {"answer_columns": ["Insult"], "copied_columns": ["Date", "Text"]}
    task = task_for("probability", ("Insult", "Date", "Text"), form=form)
    writer(tmp_path, task)(tmp_path, np.array([0.25, 1.0]), tmp_path / "out.csv")
    found = rows(tmp_path / "out.csv")
    assert [row[1:] for row in found] == [row[1:] for row in table]
    assert [float(row[0]) for row in found[1:]] == [0.25, 1 - 1e-9]


@pytest.mark.parametrize("lines", [False, True])
def test_ids_are_read_from_json(tmp_path: Path, lines: bool) -> None:
    records = [{"id": "t3_a", "n": 1}, {"id": "t3_b", "n": "x\u2028y"}]
    whole = json.dumps(records, ensure_ascii=False)
    text = "\n".join(json.dumps(r, ensure_ascii=False) for r in records) if lines else whole
    (tmp_path / "test.json").write_text(text, encoding="utf-8")
    (tmp_path / "sample.csv").write_text("id,paid\nt3_b,0\nt3_a,0\n")
    form = {"format": "json_lines" if lines else "json"}
    task = task_for("value", ("id", "paid"), test_file="test.json", layout={"test_form": form})
    writer(tmp_path, task)(tmp_path, np.array([1.5, 2.0]), tmp_path / "out.csv")
    assert rows(tmp_path / "out.csv")[1:] == [["t3_b", "2"], ["t3_a", "1.5"]]


def test_several_values_keep_ten_digits_and_the_separator_of_the_sample(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("id;x\n007;1\n")
    (tmp_path / "sample.csv").write_bytes(b"id;a;b\r\n007;0;0\r\n")
    semicolons = {"separator": ";"}
    layout = {"test_form": semicolons}
    task = task_for("value", ("id", "a", "b"), layout=layout, form={"form": semicolons})
    answers = np.array([[1234567.891, -0.0]])
    writer(tmp_path, task)(tmp_path, answers, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == b"id;a;b\r\n007;1234567.891;0\r\n"


def test_a_wide_test_table_is_not_held_for_the_sake_of_its_ids(tmp_path: Path) -> None:
    wide = "".join(f"{n},{','.join(['0.123456'] * 200)}\n" for n in range(2_000))
    names = ",".join(f"x{n}" for n in range(200))
    (tmp_path / "test.csv").write_text(f"id,{names}\n{wide}")
    write = writer(tmp_path, task_for("value", ("id", "y"), kind="regression", classes=()))
    tracemalloc.start()
    write(tmp_path, np.arange(2_000.0), tmp_path / "out.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows(tmp_path / "out.csv")[-1] == ["1999", "1999"]
    assert peak < len(wide)


def test_a_short_line_and_a_column_that_stands_twice_are_borne(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("note,id,id\n\na,0,9\n\nb\n")
    task = task_for("value", ("id", "note", "y"), form={"answer_columns": ["y"]})
    writer(tmp_path, task)(tmp_path, np.array([1.0, 2.0]), tmp_path / "out.csv")
    assert rows(tmp_path / "out.csv")[1:] == [["9", "a", "1"], ["", "b", "2"]]


def test_codes_of_several_labels_are_whole_numbers(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("id\n1\n")
    task = task_for("label", ("id", "a", "b"), classes=[], kind="multilabel")
    writer(tmp_path, task)(tmp_path, np.array([[1.0, 0.0]]), tmp_path / "out.csv")
    assert rows(tmp_path / "out.csv") == [["id", "a", "b"], ["1", "1", "0"]]


def test_a_sample_of_other_rows_leaves_the_order_to_the_test(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("id\n9\n4\n")
    (tmp_path / "sample.csv").write_text("id,a\n1,0\n2,0\n3,0\n")
    write = writer(tmp_path, task_for("value", ("id", "a")))
    write(tmp_path, np.array([1.0, 2.0]), tmp_path / "out.csv")
    assert rows(tmp_path / "out.csv")[1:] == [["9", "1"], ["4", "2"]]
    with pytest.raises(ValueError, match="3 answers for 2 test rows"):
        write(tmp_path, np.array([1.0, 2.0, 3.0]), tmp_path / "out.csv")


def long_task(**rule: object) -> TaskSummary:
    """Two targets for each of the rows 1 and 2, in one column."""
    columns = {"columns": ("row", "chance"), "id_column": "row", "answer_columns": ("chance",)}
    return task_for(
        "probability",
        ("id", "rust", "scab"),
        kind="multilabel",
        targets=("rust", "scab"),
        classes=(),
        form={**columns, "long": {"names": ("rust", "scab"), **rule}},
    )


LONG_ANSWERS = np.array([[0.1, 0.2], [0.3, 0.4]])


@pytest.mark.parametrize(
    ("rule", "ids"),
    [
        ({}, ["1_rust", "1_scab", "2_rust", "2_scab"]),
        ({"by_target": True}, ["1_rust", "2_rust", "1_scab", "2_scab"]),
        ({"template": "{target}-{id}"}, ["rust-1", "scab-1", "rust-2", "scab-2"]),
        ({"names": ("0", "1"), "factor": 100}, ["100", "101", "200", "201"]),
    ],
)
def test_long_submissions_have_a_row_for_each_target_of_each_row(
    tmp_path: Path, rule: dict[str, object], ids: list[str]
) -> None:
    (tmp_path / "test.csv").write_text("id,text\n1,a\n2,b\n")
    out = tmp_path / "submission.csv"
    writer(tmp_path, long_task(**rule))(tmp_path, LONG_ANSWERS, out)
    assert rows(out)[0] == ["row", "chance"]
    assert [row[0] for row in rows(out)[1:]] == ids


def test_long_submissions_follow_the_sample(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("id,text\n1,a\n2,b\n")
    (tmp_path / "sample.csv").write_text("row,chance\n2_scab,0\n1_scab,0\n1_rust,0\n2_rust,0\n")
    out = tmp_path / "submission.csv"
    writer(tmp_path, long_task())(tmp_path, LONG_ANSWERS, out)
    assert rows(out)[1:] == [
        ["2_scab", "0.4"],
        ["1_scab", "0.2"],
        ["1_rust", "0.1"],
        ["2_rust", "0.3"],
    ]


def test_long_submissions_take_rows_from_a_sample_without_a_test_table(tmp_path: Path) -> None:
    (tmp_path / "sample.csv").write_text("row,chance\n1_rust,0\n1_scab,0\n2_rust,0\n2_scab,0\n")
    plain = to_plain(long_task())
    assert isinstance(plain, dict)
    task = from_plain(plain | {"layout": {"test_from_sample": True}}, TaskSummary)
    out = tmp_path / "submission.csv"
    writer(tmp_path, task)(tmp_path, LONG_ANSWERS, out)
    assert [row[1] for row in rows(out)[1:]] == ["0.1", "0.2", "0.3", "0.4"]


@pytest.mark.parametrize(
    ("test_id", "table", "sample", "ids"),
    [
        ("key", "key,text\n7,a\n8,b\n", "8,0\n7,0\n", ["8", "7"]),
        ("key", "key,text\n7,a\n8,b\n", "9,0\n", ["7", "8"]),
        (None, "text\na\nb\n", "row-1,0\n", ["row-1", "row-2"]),
        (None, "text\na\nb\n", "x9,0\ny1,0\n", ["x9", "y1"]),
    ],
)
def test_ids_that_the_test_calls_otherwise_or_lacks_follow_the_sample(
    tmp_path: Path, test_id: str | None, table: str, sample: str, ids: list[str]
) -> None:
    (tmp_path / "test.csv").write_text(table)
    (tmp_path / "sample.csv").write_text(f"id,y\n{sample}")
    task = task_for("value", ("id", "y"), kind="regression", classes=(), id_column=test_id)
    out = tmp_path / "submission.csv"
    writer(tmp_path, task)(tmp_path, np.array([0.5, 1.5]), out)
    assert [row[0] for row in rows(out)[1:]] == ids


def test_too_few_ids_without_a_rule_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text("text\na\nb\nc\n")
    (tmp_path / "sample.csv").write_text("id,y\nx9,0\ny1,0\n")
    task = task_for("value", ("id", "y"), kind="regression", classes=(), id_column=None)
    with pytest.raises(ValueError, match="by no rule"):
        writer(tmp_path, task)(tmp_path, np.zeros(3), tmp_path / "submission.csv")
