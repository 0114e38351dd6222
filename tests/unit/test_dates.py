"""Formats of dates are found on values, and rows are put in order by them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iiml_codegen.worker.dates import FORMATS, as_numbers, date_format, ranks

MOMENTS = pd.Series(pd.date_range("2018-03-07 05:04:03", periods=400, freq="37h"))


@pytest.mark.parametrize("form", [form for form in FORMATS if "%z" not in form])
def test_a_known_format_is_found_or_one_that_reads_the_same(form: str) -> None:
    text = MOMENTS.dt.strftime(form)
    found = date_format(text)
    assert found is not None
    expected = pd.to_datetime(text, format=form, utc=True).dt.tz_localize(None)
    seconds = np.asarray((expected - pd.Timestamp(0)).dt.total_seconds(), np.float64)
    assert as_numbers(text, found).tolist() == seconds.tolist()


@pytest.mark.parametrize(
    "values",
    [
        ["345780", "113803", "A/5 21171"],
        ["2.5 years", "10 months", "3 weeks ago"],
        ["1234-5678", "9876-5432", "1111-2222"],
        ["", "n", "y"],
    ],
)
def test_other_strings_are_no_dates(values: list[str]) -> None:
    assert date_format(pd.Series(values * 30)) is None


def test_whole_numbers_can_be_dates_and_amounts_are_not() -> None:
    days = pd.Series(MOMENTS.dt.strftime("%Y%m%d").astype(int))
    assert date_format(days) == "%Y%m%d"
    assert date_format(pd.Series(np.arange(30_000_000, 30_000_400))) is None


def test_day_and_month_are_told_apart_by_the_whole_column() -> None:
    days = pd.Series(pd.date_range("2020-01-01", "2020-06-30")).dt.strftime("%m/%d/%Y")
    early = days[days.str[3:5].astype(int) <= 12]
    later = early.repeat(100).sort_index()
    assert len(later) > 5_000
    assert date_format(pd.concat([later, pd.Series(["06/30/2020"])])) == "%m/%d/%Y"
    every = pd.Series(pd.date_range("2000-01-01", "2024-12-31")).dt.strftime("%m/%d/%Y")
    early_first = every.sort_values(key=lambda text: text.str[3:5].astype(int) > 12)
    assert (early_first.head(3_000).str[3:5].astype(int) <= 12).all()
    assert date_format(early_first) == "%m/%d/%Y"


def test_rare_words_among_few_dates_leave_them_dates_and_common_ones_do_not() -> None:
    days = ["2020-01-01", "2020-02-01", "2020-03-01"]
    assert date_format(pd.Series([*days * 100, "soon"])) == "%Y-%m-%d"
    many = MOMENTS.dt.strftime("%Y-%m-%d").tolist()
    assert date_format(pd.Series([*many, *["soon"] * 100])) is None


def test_train_and_test_are_read_in_one_format() -> None:
    train = pd.Series(["13/01/2020", "02/03/2020", "28/02/2020", None])
    order, run = ranks(train, pd.Series(["05/02/2020", "06/02/2020"]))
    assert order.tolist() == [1, 3, 2, 0]
    assert run == 2
