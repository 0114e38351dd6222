"""Codes of one length are taken apart by place, where their places say something."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from unit.test_generated_modules import loaded, planned, prepared, write_odd

from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.worker.columns import Column
from iiml_codegen.worker.letters import letters
from iiml_codegen.worker.roles import role_of
from workspace_templates.recipes.letters import letters_by_place

Cells = npt.NDArray[np.str_]
ROWS = 1_000
RANDOM = np.random.default_rng(3)


def spelled(alphabet: str, length: int, rows: int = ROWS) -> Cells:
    """Random codes of one length."""
    drawn = np.array(list(alphabet))[RANDOM.integers(0, len(alphabet), (rows, length))]
    return np.array(["".join(row) for row in drawn])


def told_by(codes: Cells, letter: str = "A", places: int = 4) -> npt.NDArray[np.float64]:
    """Amounts that a letter at the first places decides, and chance as much."""
    found = sum(np.array([code[n] == letter for code in codes]) for n in range(places))
    return np.asarray(found + RANDOM.normal(size=len(codes)), np.float64)


def measured(values: Any, target: npt.NDArray[np.float64], name: str = "code") -> Any:
    """What is found on the first rows as train and the last 200 as test."""
    train, test = pd.Series(values[:-200]), pd.Series(values[-200:])
    column, has_classes = Column(name, train, test, True, True), np.isin(target, (0, 1)).all()
    return letters(column, role_of(column, None), target[:-200], bool(has_classes), 0)


def test_places_that_tell_something_are_measured_with_their_letters() -> None:
    codes = spelled("ABCDE", 10)
    amounts = told_by(codes)
    found = measured(codes, amounts)
    assert (found["length"], found["most"], found["alphabet"]) == (10, 5, 5)
    assert found["signal"] > 0.2
    assert measured(codes, (amounts > np.median(amounts)) * 1.0)["signal"] > 0.3
    gaps = pd.Series(codes, dtype=object).where(np.arange(ROWS) % 9 > 0)
    assert measured(gaps, amounts)["signal"] > 0.1


def test_codes_that_say_nothing_are_left_alone() -> None:
    codes = spelled("ABCDE", 10)
    assert measured(codes, RANDOM.normal(size=ROWS)) is None
    assert measured(codes, RANDOM.integers(0, 2, ROWS) * 1.0) is None
    levels = np.array([md5(str(n).encode()).hexdigest()[:9] for n in range(500)])
    drawn = RANDOM.integers(0, 500, 8_000)
    effects = RANDOM.normal(size=500)[drawn] + RANDOM.normal(size=8_000)
    assert measured(levels[drawn], effects) is None, "only the whole level tells something"


@pytest.mark.parametrize(
    "codes",
    [
        np.array([f"{n:07d}" for n in range(ROWS)]),
        np.array([md5(str(n).encode()).hexdigest() for n in range(ROWS)]),
        np.array([f"A{n:05d}.png" for n in range(ROWS)]),
        np.array([f"{n:03d} AB {n:03d}" for n in range(ROWS)]),
        np.array([code[: 3 + n % 5] for n, code in enumerate(spelled("ABCDE", 10))]),
        np.repeat(spelled("ABCDE", 6, 100), 10),
        spelled("AB", 31),
    ],
    ids=["numbers", "hashes", "files", "words", "lengths", "levels", "long"],
)
def test_what_is_no_code_of_letters_is_not_looked_at(codes: Cells) -> None:
    told = np.array([ord(code[0]) for code in codes], np.float64)
    assert measured(codes, told + np.arange(ROWS)) is None


def test_names_of_rows_are_not_looked_at() -> None:
    codes = spelled("ABCDE", 10)
    assert measured(codes, told_by(codes), "user_id") is None


def test_characters_are_numbered_by_place_and_counted() -> None:
    fitted: dict[str, Any] = {}
    found = letters_by_place(pd.Series(["BAAB", "CCCC", None], name="f"), fitted)
    assert list(found.columns) == [
        *("f_1", "f_2", "f_3", "f_4", "f_different", "f_count_A", "f_count_B", "f_count_C")
    ]
    assert found.iloc[0].tolist() == [1, 0, 0, 1, 2, 2, 2, 0]
    assert found.iloc[1].tolist() == [2, 2, 2, 2, 1, 0, 0, 4]
    assert found.iloc[2].isna().all()
    later = letters_by_place(pd.Series(["AXB", "AAAAC"], name="f"), fitted)
    assert later.iloc[0].fillna(-1).tolist() == [0, -1, 1, -1, 2, 1, 1, 0]
    assert later.iloc[1].tolist() == [0, 0, 0, 0, 1, 4, 0, 0]
    many = pd.Series(["abcdefghijklmnop", "ABCDEFGHIJKLMNOP"], name="f")
    assert "f_count_a" not in letters_by_place(many, {}), "many characters are not counted"
    assert len(letters_by_place(pd.Series([None, None], name="f"), {})) == 2


def test_a_competition_with_codes_learns_from_their_places(tmp_path: Path) -> None:
    codes = spelled("ABCD", 8)
    table = pd.DataFrame(
        {
            "id": range(ROWS),
            "size": RANDOM.normal(size=ROWS),
            "code": codes,
            "tag": spelled("ABCD", 8),
            "price": told_by(codes),
        }
    )
    folder = write_odd(tmp_path / "data", table, 800, "Scored by RMSE.")
    plan = planned(folder)[0]
    text = ExpertPreprocessingCoder().write(plan)
    features = prepared(loaded(text, tmp_path / "prep.py"), folder, {})["features_train"]
    assert features["code_3"].tolist() == ["ABCD".index(code[2]) for code in codes[:800]]
    assert not any(name.startswith("tag_") for name in features.columns)
