"""Formats of dates are found on values, and rows are put in order by them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iiml_codegen.worker.column_facts import moments
from iiml_codegen.worker.dates import FORMATS, as_numbers, date_format, parse_dates, ranks

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


@pytest.mark.parametrize(
    ("written", "zones", "form", "hours"),
    [
        ("%Y-%m-%d %H:%M:%S @", ("UTC",), "%Y-%m-%d %H:%M:%S UTC", 0),
        ("%a, %d %b %Y %H:%M:%S @", ("GMT",), "%a, %d %b %Y %H:%M:%S GMT", 0),
        ("%Y-%m-%dT%H:%M@", ("Z",), "%Y-%m-%dT%H:%MZ", 0),
        ("%Y-%m-%d %H:%M:%S@", ("+00",), "%Y-%m-%d %H:%M:%S%z", 0),
        ("%a %b %d %H:%M:%S @ %Y", ("-0330",), "%a %b %d %H:%M:%S %z %Y", 3.5),
        ("%a %b %d %H:%M:%S @ %Y", ("PDT",), "%a %b %d %H:%M:%S %Z %Y", 7),
        ("%d.%m.%Y %H:%M:%S @", ("UTC+1",), "%d.%m.%Y %H:%M:%S %Z", -1),
        ("%Y-%m-%d %H:%M:%S @", ("EST", "-0500", "GMT-5"), "%Y-%m-%d %H:%M:%S %Z", 5),
        ("%Y-%m-%d %H:%M:%S @", ("Asia/Tokyo", "+09:00"), "%Y-%m-%d %H:%M:%S %Z", -9),
        ("%a %b %d %Y %H:%M:%S GMT@", ("+0100 (CET)",), "%a %b %d %Y %H:%M:%S %Z", -1),
        ("%Y-%m-%dT%H:%M:%S.%f@", ("+01:00[Europe/Rome]",), "%Y-%m-%dT%H:%M:%S.%f %Z", -1),
    ],
)
def test_dates_with_zones_come_out_on_one_clock(
    written: str, zones: tuple[str, ...], form: str, hours: float
) -> None:
    text = MOMENTS.dt.strftime(written)
    text = pd.Series([one.replace("@", zones[n % len(zones)]) for n, one in enumerate(text)])
    assert date_format(text) == form
    whole = MOMENTS if "%S" in written else MOMENTS.dt.floor("min")
    expected = (whole + pd.Timedelta(hours=hours)).rename(None)
    pd.testing.assert_series_equal(parse_dates(text, form), expected, check_dtype=False)
    assert moments(text)["first"] == expected.min().isoformat()


def test_of_dates_with_a_zone_some_may_have_fractions_of_a_second() -> None:
    long, short = "%Y-%m-%d %H:%M:%S.%f UTC", "%Y-%m-%d %H:%M:%S UTC"
    text = pd.Series([one.strftime(short if n % 3 else long) for n, one in enumerate(MOMENTS)])
    form = date_format(text)
    assert form is not None and parse_dates(text, form).tolist() == MOMENTS.tolist()


def test_a_zone_has_summers_and_one_that_nobody_knows_is_missing() -> None:
    text = pd.Series(["2020-01-05 12:00 Europe/Paris", "2020-07-05 12:00 Europe/Paris"])
    read = parse_dates(pd.concat([text, text + "x"]), "%Y-%m-%d %H:%M %Z")
    assert read.dt.hour.tolist()[:2] == [11, 10] and read.isna().tolist()[2:] == [True, True]
    for unknown in ("AM", "Mars/Base", "o'clock"):
        assert date_format(MOMENTS.dt.strftime(f"%Y-%m-%d %H:%M {unknown}")) is None


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
