"""Generated code reads dates as the worker does, whatever their format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from unit.test_generated_modules import loaded, planned, prepared, write_odd

from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.implementation.table_reads import date_read
from iiml_codegen.worker.dates import FORMATS, parse_dates
from workspace_templates.recipes import dates

WINTER, SUMMER = "+0100", "+0200"


def moments(form: str, rows: int = 90) -> pd.Series:
    """Moments of some years as text; offsets change with the season, one cell is no date."""
    plain = pd.Series(pd.date_range("2019-01-05 23:10:20", periods=rows, freq="103h"))
    offsets = np.where(plain.dt.month.between(4, 10), SUMMER, WINTER)
    text = plain.dt.strftime(form.replace("%z", "{}"))
    text = pd.Series([cell.format(offset) for cell, offset in zip(text, offsets, strict=True)])
    return text.where(text.index != 3, "unknown").where(text.index != 5).rename("at")


@pytest.mark.parametrize("form", [*FORMATS, "%Y-%m-%d | %d.%m.%Y"])
def test_dates_of_each_format_are_the_moments_that_the_worker_sees(form: str) -> None:
    text = pd.concat([moments(one) for one in form.split(" | ")], ignore_index=True).rename("at")
    call, _ = date_read(form, 'rows["at"]')
    rows = pd.DataFrame({"at": text})
    read = eval(call, {"rows": rows, **vars(dates)})
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
