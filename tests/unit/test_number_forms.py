"""Numbers and dates as people write them: found by the worker, read alike by generated code."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iiml_codegen.implementation.number_fragments import number_target, numbers
from iiml_codegen.worker.columns import columns_of
from iiml_codegen.worker.dates import date_format, parse_dates
from iiml_codegen.worker.number_forms import NumberForm, number_form, parsed
from workspace_templates.recipes.dates import as_mixed_dates
from workspace_templates.recipes.numbers_written import as_written_numbers
from workspace_templates.recipes.reading import class_codes

WRITTEN: dict[str, tuple[list[str], str, str, list[float]]] = {
    "thousands": (["1,234", "56", "7,890,123"], ".", ",", [1234, 56, 7890123]),
    "decimal comma": (["3,14", "2,7", "-1"], ",", "", [3.14, 2.7, -1]),
    "both marks": (["1.234,50", "7,00"], ",", ".", [1234.5, 7]),
    "ambiguous but for a zero": (["0,123", "1,234"], ",", "", [0.123, 1.234]),
    "money": (["$1,200.50", "$3", "-$4"], ".", ",", [1200.5, 3, -4]),
    "money behind": (["1.234,50 €", "−7,00 €"], ",", ".", [1234.5, -7]),
    "percent": (["12 %", "5.5%"], ".", "", [12, 5.5]),
    "a unit": (["5 kg", "7.25kg"], ".", "", [5, 7.25]),
    "accounting": (["(12)", "3", "(4.5)"], ".", "", [-12, 3, -4.5]),
    "spaces": (["1 234,5", "2\u00a0000", "7"], ",", " ", [1234.5, 2000, 7]),
    "apostrophes": (["1'234.5", "7"], ".", "'", [1234.5, 7]),
}
NO_NUMBERS = (
    ["007", "008"],
    ["c001", "c002"],
    ["1st", "2nd"],
    ["5 kg", "3 lb"],
    ["2 weeks", "1 year"],
    ["12:30", "13:45"],
    ["1.5M", "200k"],
    ["10.0.0.1", "10.0.0.2"],
    ["red", "12"],
    ["-", "?"],
)


@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_written_numbers_are_found_and_read_alike(name: str) -> None:
    texts, decimal, thousands, expected = WRITTEN[name]
    values = pd.Series(texts, name="x")
    form = number_form(values)
    assert form == NumberForm(decimal, thousands, plain=False)
    assert parsed(values, form).tolist() == expected
    read = as_written_numbers(values.to_frame(), ["x"], decimal, thousands)
    assert read["x"].tolist() == expected


@pytest.mark.parametrize("texts", NO_NUMBERS)
def test_codes_times_and_several_units_stay_text(texts: list[str]) -> None:
    assert number_form(pd.Series(texts)) is None


@given(st.lists(st.floats(-1e12, 1e12).map(lambda x: round(x, 3)), min_size=1, max_size=20))
def test_any_number_with_thousands_marks_comes_back(values: list[float]) -> None:
    texts = pd.Series([f"{value:,.3f}" for value in [*values, 1234567.5]], name="x")
    form = number_form(texts)
    assert form == NumberForm(".", ",", plain=False)
    assert parsed(texts, form).tolist() == [*values, 1234567.5]
    assert as_written_numbers(texts.to_frame(), ["x"], ".", ",")["x"].tolist()[:-1] == values


def test_words_for_missing_values_do_not_make_a_number_a_text() -> None:
    train = pd.DataFrame({"a": ["1", "N/A", "2.5", "-"], "b": ["x", "y", "z", "?"]})
    test = pd.DataFrame({"a": [3, 4], "b": ["x", "?"]})
    first, second = columns_of(train, test)
    assert first.kind == "float"
    assert first.number_form == NumberForm()
    np.testing.assert_array_equal(first.train, [1.0, np.nan, 2.5, np.nan])
    assert second.kind == "string"
    assert second.number_form is None


def test_plain_and_written_numbers_are_read_by_one_line_each() -> None:
    written = [{"columns": ["price"], "decimal": ",", "thousands": "."}]
    both = numbers({"columns": ["age"], "written": written})
    call = 'as_written_numbers(rows, WRITTEN_NUMBERS, decimal=",", thousands=".")'
    first, second = both.lines
    assert first == "numbers = as_numbers(rows, NUMBERS)"
    assert second == f"numbers = numbers.join({call})"
    alone = numbers({"columns": [], "written": [{**written[0], "thousands": ""}]})
    assert alone.lines == ('numbers = as_written_numbers(rows, WRITTEN_NUMBERS, decimal=",")',)
    target = number_target({"targets": ["y"], "written": {"decimal": ".", "thousands": ","}})
    read = 'as_written_numbers(train, [TARGET], thousands=",")'
    assert target.lines == (f"target = {read}[TARGET].to_numpy()",)
    several = number_target({"targets": ["y", "z"]})
    assert several.lines == ("target = as_numbers(train, TARGETS).to_numpy()",)


def test_six_formats_in_one_column_are_read_together() -> None:
    days = pd.Series(pd.date_range("2019-01-05", periods=240, freq="37h").normalize())
    formats = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%Y", "%d %b %Y", "%B %d, %Y")
    texts = pd.Series(
        [day.strftime(formats[place % 6]) for place, day in enumerate(days)], name="when"
    )
    form = date_format(texts)
    assert form is not None
    assert sorted(form.split(" | ")) == sorted(formats)
    assert (parse_dates(texts, form) == days).all()
    assert (as_mixed_dates(texts, form.split(" | ")) == days).all()


def test_one_format_is_not_taken_for_several() -> None:
    assert date_format(pd.Series(["2020-01-01", "2021-02-28"])) == "%Y-%m-%d"
    assert date_format(pd.Series(["555-1234-99", "555-4321-11"])) is None


def test_labels_with_spaces_behind_them_are_the_same_labels() -> None:
    codes = class_codes(pd.Series(["yes", "no ", " yes"]), ["no", "yes"])
    assert codes.tolist() == [1, 0, 1]
