"""Submissions are checked cell by cell before they count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions import KINDS, Competition, write_competition

from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.submission_check import check_submission

Change = Callable[[pd.DataFrame], pd.DataFrame]


def check(made: Competition, frame: pd.DataFrame) -> list[dict[str, Any]]:
    path = made.folder / "mine.csv"
    frame.to_csv(path, index=False)
    request = {"folder": str(made.folder), "task": made.task, "submission": str(path)}
    violations: list[dict[str, Any]] = check_submission(request)["violations"]
    return violations


def with_cell(column: str, row: int, value: object) -> Change:
    def change(frame: pd.DataFrame) -> pd.DataFrame:
        changed = frame.astype({column: object})
        changed.loc[changed.index[row], column] = value
        return changed

    return change


CASES: dict[str, tuple[str, Change, str, int | None]] = {
    "missing column": ("binary", lambda f: f.drop(columns="left"), "IIML601", None),
    "further column": ("binary", lambda f: f.assign(more=1), "IIML601", None),
    "columns in another order": ("binary", lambda f: f[["left", "id"]], "IIML601", None),
    "row missing": ("binary", lambda f: f.iloc[1:], "IIML602", None),
    "unknown id": ("binary", with_cell("id", 3, 999_999), "IIML602", 5),
    "id twice": ("binary", lambda f: f.iloc[[0, 0, *range(2, len(f))]], "IIML602", 3),
    "other order": ("binary", lambda f: f.iloc[::-1], "IIML603", 2),
    "gap": ("binary", with_cell("left", 4, np.nan), "IIML604", 6),
    "word for a number": ("binary", with_cell("left", 0, "high"), "IIML605", 2),
    "infinite": ("binary", with_cell("left", 1, np.inf), "IIML605", 3),
    "label as fraction": ("multiclass", lambda f: f.assign(digit=f.digit * 1.0), "IIML605", 2),
    "unknown label": ("ordinal", with_cell("speed", 2, 7), "IIML606", 4),
    "no probability": ("binary", with_cell("left", 2, 1.5), "IIML607", 4),
    "negative count": ("series", with_cell("count", 2, -1), "IIML607", 4),
    "sums": ("text", lambda f: f.assign(EAP=f.EAP * 0.5), "IIML608", None),
    "constant": ("regression", lambda f: f.assign(progress=1.5), "IIML609", None),
    "copied column changed": ("insults", with_cell("Comment", 5, "x"), "IIML602", 7),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_perfect_submission_has_no_violation(tmp_path: Path, kind: str) -> None:
    made = write_competition(tmp_path, kind, 120)
    assert check(made, made.answers) == []


@pytest.mark.parametrize("name", sorted(CASES))
def test_each_defect_is_found_with_its_code_and_line(tmp_path: Path, name: str) -> None:
    kind, change, code, line = CASES[name]
    made = write_competition(tmp_path, kind, 120)
    violations = check(made, change(made.answers))
    assert [found["code"] for found in violations] == [code]
    if line is not None:
        assert violations[0]["line"] == line
    assert violations[0]["message"]


def test_an_order_that_only_the_sample_has_is_fine(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 120)
    sample = made.folder / "sample_submission.csv"
    pd.read_csv(sample).iloc[::-1].to_csv(sample, index=False)
    assert check(made, made.answers.iloc[::-1]) == []


def test_ids_that_look_like_large_numbers_are_told_apart(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "ordinal", 40)
    test = pd.read_csv(tmp_path / "test.csv", dtype=str)
    test["pet"] = [f"{number}e99999" for number in range(10)]
    test.to_csv(tmp_path / "test.csv", index=False)
    (tmp_path / "sample_submission.csv").unlink()
    answers = made.answers.assign(pet=test["pet"].to_numpy())
    assert check(made, answers) == []
    assert [one["code"] for one in check(made, answers.iloc[::-1])] == ["IIML603"]


def test_the_file_is_named_by_its_bytes(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 40)
    sample = made.folder / "sample_submission.csv"
    request = {"folder": str(made.folder), "task": made.task, "submission": str(sample)}
    assert len(check_submission(request)["sha256"]) == 64


def test_a_label_that_reads_as_a_gap_is_a_label_and_other_such_words_are_gaps(
    tmp_path: Path,
) -> None:
    made = write_competition(tmp_path, "ordinal", 120)
    made.task["classes"] = [*made.task["classes"], "None"]
    answers = made.answers.astype({"speed": object})
    answers.loc[answers.index[3], "speed"] = "None"
    assert check(made, answers) == []
    answers.loc[answers.index[4], "speed"] = "NULL"
    assert [one["code"] for one in check(made, answers)] == ["IIML604"]


def test_a_file_that_is_not_there_is_expected_trouble(tmp_path: Path) -> None:
    made = write_competition(tmp_path, "binary", 40)
    request = {"folder": str(made.folder), "task": made.task, "submission": "none.csv"}
    with pytest.raises(DataError, match="is not there"):
        check_submission(request)
