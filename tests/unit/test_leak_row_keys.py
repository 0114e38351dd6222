"""Rows that are copies: exactly, or in about what they say; and groups that two sides share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iiml_codegen.worker.leak_folds import group_codes, in_company
from iiml_codegen.worker.leak_row_keys import plain_numbers, rounded_to, row_keys

ROWS = pd.DataFrame(
    {"size": [1.0, 1.0004, -0.0, np.nan, 3.0], "word": ["A b", "a B!", "c", "d", "A b"]}
)


def test_numbers_and_words_tell_rows_apart_and_gaps_are_alike() -> None:
    other = pd.DataFrame({"size": [1, 0, 2], "word": ["A b", "c", "A b"]})
    numbers = plain_numbers(ROWS, other)
    assert numbers == ["size"]
    own, theirs = row_keys(ROWS, [], numbers), row_keys(other, [], numbers)
    assert len(set(own.exact)) == len(ROWS)
    assert own.exact[0] == theirs.exact[0]
    assert own.exact[2] == theirs.exact[1]
    assert theirs.exact[2] not in own.exact
    assert own.near[0][0] == own.near[0][1] != own.near[0][4]
    again = row_keys(ROWS.iloc[[3]], [], numbers)
    assert again.exact == own.exact[3:4]


def test_whole_numbers_that_a_float_cannot_hold_are_told_apart_as_they_read() -> None:
    large = pd.DataFrame({"key": [2**60, 2**60 + 1]})
    assert plain_numbers(large, large) == []
    keys = row_keys(large, [], [])
    assert keys.exact[0] != keys.exact[1]


def test_a_column_of_numbers_on_one_side_and_words_on_the_other_is_compared_as_it_reads() -> None:
    train, test = pd.DataFrame({"code": [7, 8]}), pd.DataFrame({"code": ["7", "x"]})
    numbers = plain_numbers(train, test)
    assert numbers == []
    assert row_keys(train, [], numbers).exact[0] == row_keys(test, [], numbers).exact[0]


@pytest.mark.parametrize("value", [123456.0, -0.0012345, 999.6, 1e-320, np.inf, np.nan, 0.0])
def test_rounding_keeps_three_digits(value: float) -> None:
    rounded = float(rounded_to(3, np.array([value]))[0])
    assert rounded == pytest.approx(float(f"{value:.3g}"), nan_ok=True)


def test_company_is_found_by_value_gaps_and_kinds_aside() -> None:
    train, test = pd.Series(["a", "b", None, "a"]), pd.Series([None, "c"])
    codes, asked = group_codes(train, test)
    assert in_company(codes, asked) == 0.5
    assert in_company(codes[[0, 1]], codes[[2, 3]]) == 0.5
    codes, asked = group_codes(pd.Series([1, 2]), pd.Series(["2", "x"]))
    assert in_company(codes, asked) == 0.5
