"""Recipes for lists, for rows along time, and for words beside numbers."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from workspace_templates.recipes.combined import words_and_numbers
from workspace_templates.recipes.dates import from_seconds
from workspace_templates.recipes.design import least_skewed
from workspace_templates.recipes.lists import list_features, list_items, list_weights
from workspace_templates.recipes.times import around_in_time, seen_parts


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("['a', 'b c']", ["a", "b c"]),
        ('["it\'s", "x, y"]', ["it's", "x, y"]),
        ("[1, 2]", ["1", "2"]),
        ("[]", []),
        (None, []),
    ],
)
def test_lists_are_taken_apart_as_python_and_json_write_them(
    cell: str | None, items: list[str]
) -> None:
    assert list_items(pd.Series([cell], dtype=object)) == [items]


def test_list_features_tell_length_and_commonest_items_and_are_recalled() -> None:
    fitted: dict[str, Any] = {}
    cells = [f"['pizza', 'item{i % 12}', 'item{(i * 5 + 1) % 12}']" for i in range(60)]
    cells.append("[]")
    values = pd.Series(cells, name="groups")
    table = list_features(values, fitted, themes=4)
    assert table["groups_items"].tolist() == [3.0] * 60 + [0.0]
    assert table["groups=pizza"].tolist() == [1.0] * 60 + [0.0]
    later = list_features(pd.Series(["['unheard of']"], name="groups"), fitted, themes=4)
    assert list(later.columns) == list(table.columns)
    assert later["groups_items"].tolist() == [1.0] and later["groups=pizza"].tolist() == [0.0]


def test_lists_that_share_nothing_have_no_weights() -> None:
    assert list_weights(pd.Series(["['a']", "['b']"], name="tags"), {}).shape == (2, 0)


def test_what_surrounds_a_moment_is_the_same_in_any_order_of_rows() -> None:
    hours = pd.Series(pd.date_range("2024-01-01", periods=30, freq="h"))
    numbers = pd.DataFrame({"heat": np.arange(30.0) ** 2})
    ordered = around_in_time(numbers, hours, {}, windows=(3,))["heat_around_3"].to_numpy()
    assert ordered[10] == pytest.approx((81 + 100 + 121) / 3)
    order = np.random.default_rng(0).permutation(30)
    mixed = numbers.iloc[order].reset_index(drop=True)
    shuffled = around_in_time(mixed, hours.iloc[order].reset_index(drop=True), {}, windows=(3,))
    assert shuffled["heat_around_3"].to_numpy() == pytest.approx(ordered[order])


def test_new_rows_stand_among_the_moments_that_were_learned() -> None:
    hours = pd.Series(pd.date_range("2024-01-01", periods=30, freq="h"), name="hour")
    numbers = pd.DataFrame({"heat": np.arange(30.0) ** 2})
    fitted: dict[str, Any] = {}
    whole = around_in_time(numbers, hours, fitted)
    alone = around_in_time(numbers.iloc[20:], hours.iloc[20:], fitted)
    pd.testing.assert_frame_equal(alone, whole.iloc[20:])
    new = pd.Series([pd.Timestamp("2024-01-01 10:30"), pd.NaT], name="hour")
    later = around_in_time(pd.DataFrame({"heat": [100.0, 1.0]}), new, fitted, windows=(3,))
    assert later["heat_around_3"].to_numpy()[0] == pytest.approx((100 + 100 + 121) / 3)
    assert later["heat_around_3"].isna().tolist() == [False, True]


def test_calendar_parts_that_the_training_rows_never_had_are_dropped_for_good() -> None:
    fitted: dict[str, Any] = {}
    parts = pd.DataFrame({"day": [1.0, 2.0, 3.0, 20.0, 21.0], "hour": [0.0, 1.0, 2.0, 0.0, 1.0]})
    assert list(seen_parts(parts, 3, fitted).columns) == ["hour"]
    assert list(seen_parts(parts.iloc[:3], 0, fitted).columns) == ["hour"]


def test_a_column_is_bent_only_where_that_takes_its_skew_away() -> None:
    rng = np.random.default_rng(0)
    even, skewed = rng.normal(size=4000), rng.exponential(size=4000)
    assert least_skewed(pd.Series(even))[0] == "plain"
    assert least_skewed(pd.Series(rng.normal(3, 1, 4000) ** 4))[0] in ("root", "log")
    form, size = least_skewed(pd.Series(skewed * 1e-6))
    assert form == least_skewed(pd.Series(skewed))[0] and size == pytest.approx(1e-6, rel=0.1)
    assert least_skewed(pd.Series(np.zeros(5))) == ("plain", 1.0)


def test_words_stand_before_numbers_with_weights_of_their_own() -> None:
    words = csr_matrix(np.eye(2, dtype="float32"))
    numbers = pd.DataFrame({"age": [1.0, -1.0]})
    both = words_and_numbers(words, numbers, word=2, number=0.5)
    assert both.toarray().tolist() == [[2, 0, 0.5], [0, 2, -0.5]]
    three = words_and_numbers(words, numbers, [words[:, :1]], word=2, item=3, number=0.5)
    assert three.toarray().tolist() == [[2, 0, 3, 0.5], [0, 2, 0, -0.5]]


def test_seconds_since_1970_are_moments_and_other_text_is_missing() -> None:
    moments = from_seconds(pd.Series(["1330391255.0", "0", "soon"]))
    assert moments.tolist()[:2] == [pd.Timestamp("2012-02-28 01:07:35"), pd.Timestamp(0)]
    assert moments.isna().tolist() == [False, False, True]
