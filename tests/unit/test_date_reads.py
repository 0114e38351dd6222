"""Generated code reads dates as the worker does, whatever their format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from unit.test_generated_modules import loaded, planned, prepared, write_odd

from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.implementation.table_reads import date_read
from iiml_codegen.worker import tables
from iiml_codegen.worker import zones as worker_zones
from iiml_codegen.worker.dates import FORMATS, date_format, parse_dates
from workspace_templates.recipes import dates, zones
from workspace_templates.recipes.history import as_moments
from workspace_templates.recipes.reading_formats import read_columnar

WINTER, SUMMER = "+0100", "+0200"
NAMES = ("UTC", "EST", "Europe/Berlin", "GMT-3", "+05:30", "Nowhere")
ZONED = ("%Y-%m-%d %H:%M:%S %Z", "%a %b %d %H:%M:%S %Z %Y")
MIXED = ("%Y-%m-%d | %d.%m.%Y", "%Y-%m-%d %H:%M:%S.%f %Z | %Y-%m-%d %H:%M:%S %Z")


def moments(form: str, rows: int = 90) -> pd.Series:
    """Moments of some years as text; offsets change with the season, one cell is no date."""
    plain = pd.Series(pd.date_range("2019-01-05 23:10:20", periods=rows, freq="103h"))
    offsets = np.where(plain.dt.month.between(4, 10), SUMMER, WINTER)
    if "%Z" in form:
        offsets = np.array(NAMES)[np.arange(rows) // 20]
    text = plain.dt.strftime(form.replace("%z", "{}").replace("%Z", "{}"))
    text = pd.Series([cell.format(offset) for cell, offset in zip(text, offsets, strict=True)])
    return text.where(text.index != 3, "unknown").where(text.index != 5).rename("at")


@pytest.mark.parametrize("form", [*FORMATS, *ZONED, *MIXED])
def test_dates_of_each_format_are_the_moments_that_the_worker_sees(form: str) -> None:
    text = pd.concat([moments(one) for one in form.split(" | ")], ignore_index=True).rename("at")
    call, _ = date_read(form, 'rows["at"]')
    rows = pd.DataFrame({"at": text})
    read = eval(call, {"rows": rows, **vars(dates), **vars(zones)})
    assert read.notna().sum() > 80 and read.name == "at"
    pd.testing.assert_series_equal(read, parse_dates(text, form), check_names=False)


def test_dates_of_changing_offsets_are_prepared(tmp_path: Path) -> None:
    at = moments("%Y-%m-%dT%H:%M:%S%z", 200)
    signal = np.random.default_rng(0).normal(size=200)
    table = pd.DataFrame({"id": range(200), "size": signal, "at": at, "price": signal * 2 + 1})
    folder = write_odd(tmp_path / "data", table, 150, "Scored by RMSE.")
    text = ExpertPreprocessingCoder().write(planned(folder)[0])
    features = prepared(loaded(text, tmp_path / "prep.py"), folder, {})["features_train"]
    moment = pd.Timestamp(at[0]).tz_convert("UTC")
    assert features["at_day"][0] == moment.day and features["at_hour"][0] == moment.hour


def test_generated_code_knows_the_zones_that_the_worker_knows() -> None:
    assert zones.HOURS_AHEAD == worker_zones.HOURS_AHEAD
    assert zones.CLOCK_AND_ZONE == worker_zones.ZONED


def test_dates_of_several_zones_are_prepared_on_one_clock(tmp_path: Path) -> None:
    at = pd.date_range("2019-01-05 23:10:20", periods=200, freq="103h")
    zone = np.where(np.arange(200) % 2, "EST", "UTC")
    moved = at - pd.to_timedelta(np.where(zone == "EST", 5, 0), "h")
    text = pd.Series(moved.strftime("%Y-%m-%d %H:%M:%S ")) + zone
    signal = np.random.default_rng(0).normal(size=200)
    table = pd.DataFrame({"id": range(200), "size": signal, "at": text, "price": signal * 2 + 1})
    folder = write_odd(tmp_path / "data", table, 150, "Scored by RMSE.")
    text = ExpertPreprocessingCoder().write(planned(folder)[0])
    features = prepared(loaded(text, tmp_path / "prep.py"), folder, {})["features_train"]
    assert features["at_hour"].tolist() == [float(hour) for hour in at.hour[:150]]


@pytest.mark.parametrize("zone", [None, "US/Eastern"])
@pytest.mark.parametrize("freq", ["7h", "24h", "250ms"])
def test_typed_dates_are_read_as_the_worker_reads_them(
    tmp_path: Path, freq: str, zone: str | None
) -> None:
    at = pd.date_range("2012-03-10", periods=60, freq=freq, tz=zone)
    place = tmp_path / "table.parquet"
    pd.DataFrame({"at": at}).to_parquet(place)
    typed = tables.read_frame(place, tables.forms_of(place)[0])["at"]
    form = date_format(typed)
    read = eval(date_read(form, 'rows["at"]')[0], {"rows": read_columnar(place), **vars(dates)})
    assert form is not None and read.tolist() == parse_dates(typed, form).tolist()
    assert read.tolist() == at.tz_convert(None).floor("s").tolist() if zone else read.notna().all()


def test_histories_are_read_with_their_zone() -> None:
    days = as_moments(pd.Series(["1970-01-02 12:00:00 UTC", "1970-01-02 14:00:00+02:00", "no"]))
    assert days.tolist()[:2] == [1.5, 1.5] and np.isnan(days[2])
