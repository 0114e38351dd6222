"""The tabular recipes: types stated, gaps kept honest, and all that is learned is remembered."""

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workspace_templates.recipes.categories import (
    MISSING_LEVEL,
    RARE_LEVEL,
    as_categories,
    crossed_categories,
)
from workspace_templates.recipes.dates import (
    around_the_clock,
    date_parts,
    elapsed_days,
)
from workspace_templates.recipes.design import design_view
from workspace_templates.recipes.groups import beside_group, group_means, value_counts
from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.numbers import (
    differences,
    fill_with_median,
    like_numbers,
    missing_flags,
    ratios,
    signed_log,
    sums,
    telling_columns,
    useful_columns,
    with_usual_values,
)
from workspace_templates.recipes.reading import (
    as_numbers,
    class_codes,
    read_text_table,
    stack_rows,
    train_and_test,
)
from workspace_templates.recipes.reading_formats import read_json_records
from workspace_templates.recipes.strings import (
    code_parts,
    first_letter,
    name_parts,
    number_inside,
    separated_parts,
    split_part,
    string_shape,
)
from workspace_templates.recipes.targets import target_means


def passengers(n: int = 60) -> pd.DataFrame:
    """Make a table of text cells with gaps, groups and skew."""
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "age": [None if i % 9 == 4 else str(rng.integers(1, 80)) for i in range(n)],
            "fare": [str(round(float(v), 2)) for v in rng.lognormal(3, 1.5, n)],
            "deck": [None if i % 5 == 0 else "ABC"[i % 3] for i in range(n)],
            "ticket": [f"PC {i // 3}" for i in range(n)],
        },
        dtype="str",
    )


def features_of(rows: pd.DataFrame, fitted: dict[str, Any]) -> pd.DataFrame:
    """Run most learning recipes in a row, as a generated module does."""
    numbers = as_numbers(rows, ["age", "fare"])
    rows = rows.assign(age=numbers["age"], fare=numbers["fare"])
    blocks = [
        fill_with_median(numbers, ["age"], fitted),
        numbers[["fare"]],
        as_categories(rows, ["deck"], fitted, min_count=2),
        value_counts(rows, ["ticket"], fitted),
        group_means(rows, "ticket", ["fare"], fitted),
        beside_group(rows, "ticket", ["fare"], fitted),
    ]
    return useful_columns(pd.concat(blocks, axis=1), fitted)


def test_a_memory_learns_once_and_recalls_even_none() -> None:
    fitted: dict[str, Any] = {}
    lessons = []
    for _ in range(2):
        remember(fitted, "nothing", lambda: lessons.append(1))
    assert fitted == {"nothing": None}
    assert lessons == [1]


def test_tables_are_read_as_text_and_typed_by_name(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("zip,size,alive\n00123,1.5,True\n04567,oops,False\n", encoding="utf-8")
    rows = read_text_table(path)
    numbers = as_numbers(rows, ["size", "alive"])
    assert list(rows["zip"]) == ["00123", "04567"]
    assert numbers["size"].isna().tolist() == [False, True]
    assert numbers["alive"].tolist() == [1.0, 0.0]


def test_json_records_keep_their_text(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    path.write_text('[{"id": "007", "n": 1}, {"id": "010", "n": 2}]', encoding="utf-8")
    assert list(read_json_records(path)["id"]) == ["007", "010"]


def test_rows_are_train_then_test_with_the_shared_columns_only() -> None:
    train = pd.DataFrame({"a": ["1"], "y": ["0"]})
    rows = stack_rows(train, pd.DataFrame({"a": ["2"]}))
    views = train_and_test("features", rows, 1)
    assert list(rows.columns) == ["a"]
    assert views["features_train"]["a"].tolist() == ["1"]
    assert views["features_test"].index.tolist() == [0]


def test_class_codes_follow_the_given_order_and_refuse_strangers() -> None:
    assert class_codes(pd.Series(["cat", "dog", "cat"]), ["dog", "cat"]).tolist() == [1, 0, 1]
    assert class_codes(pd.Series(["2.0", "1"]), [1, 2]).tolist() == [1, 0]
    with pytest.raises(ValueError, match="bird"):
        class_codes(pd.Series(["bird"]), ["dog", "cat"])


def test_rare_unseen_and_missing_levels_have_a_home() -> None:
    fitted: dict[str, Any] = {}
    seen = as_categories(pd.DataFrame({"c": ["x", "x", "y", None]}), ["c"], fitted, min_count=2)
    later = as_categories(pd.DataFrame({"c": ["z", "x"]}), ["c"], fitted, min_count=2)
    assert seen["c"].tolist() == ["x", "x", RARE_LEVEL, MISSING_LEVEL]
    assert later["c"].tolist() == [RARE_LEVEL, "x"]
    assert later["c"].dtype == seen["c"].dtype


def test_crossed_categories_name_the_pair() -> None:
    pair = crossed_categories(pd.DataFrame({"a": ["u"], "b": ["v"]}), "a", "b")
    assert pair.tolist() == ["u & v"]


def test_medians_come_from_memory_when_rows_are_new() -> None:
    fitted: dict[str, Any] = {}
    fill_with_median(pd.DataFrame({"a": [1.0, 3.0, None]}), ["a"], fitted)
    new = fill_with_median(pd.DataFrame({"a": [None, 9.0]}), ["a"], fitted)
    assert new["a"].tolist() == [2.0, 9.0]
    assert new["a_missing"].tolist() == [1.0, 0.0]


def test_an_empty_column_is_filled_with_zero() -> None:
    assert fill_with_median(pd.DataFrame({"a": [np.nan] * 2}), ["a"], {})["a"].tolist() == [0, 0]


def test_gaps_are_flagged_and_counted() -> None:
    flags = missing_flags(pd.DataFrame({"a": [1, None], "b": [None, None]}), ["a", "b"])
    assert flags["gaps_in_row"].tolist() == [1.0, 2.0]


def test_relations_of_numbers() -> None:
    rows = pd.DataFrame({"a": [6.0, 1.0], "b": [2.0, 0.0]})
    assert ratios(rows, [("a", "b")])["a_per_b"].isna().tolist() == [False, True]
    assert differences(rows, [("a", "b")])["a_minus_b"].tolist() == [4.0, 1.0]
    assert sums(rows, {"both": ["a", "b"]})["both"].tolist() == [8.0, 1.0]
    assert signed_log(-rows, ["a"])["a_log"].tolist() == pytest.approx([-np.log(7), -np.log(2)])


def test_constant_and_copied_columns_go() -> None:
    fitted: dict[str, Any] = {}
    rows = pd.DataFrame({"a": [1, 2], "copy": [1, 2], "same": [5, 5], "b": [2, 1]})
    assert list(useful_columns(rows, fitted).columns) == ["a", "b"]
    assert list(useful_columns(rows.iloc[:1], fitted).columns) == ["a", "b"]


def test_looking_for_copies_takes_less_memory_than_the_columns() -> None:
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(20_000, 60)))
    rows = rows.rename(columns=str).assign(copy=rows[7])
    tracemalloc.start()
    names = telling_columns(rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert names == [str(place) for place in range(60)]
    assert peak < rows.memory_usage().sum() / 10


def test_dates_fall_into_parts_time_and_circles() -> None:
    written = pd.Series(["2012-02-29 23:00", "2012-03-01 00:00", "x"], name="at")
    dates = pd.to_datetime(written, errors="coerce")
    parts, circles = date_parts(dates), around_the_clock(dates)
    days = elapsed_days(dates, {})["at_elapsed"]
    assert parts["at_day"].tolist()[:2] == [29.0, 1.0]
    assert days.tolist()[:2] == pytest.approx([0.0, 1 / 24])
    assert circles["at_hour_cos"][0] == pytest.approx(np.cos(2 * np.pi / 24))
    assert parts.iloc[2].isna().all()


def test_codes_with_separators_become_numbers_and_categories() -> None:
    fitted: dict[str, Any] = {}
    cabins = pd.Series(["B/0/P", "F/12/S", None, "G/3", "F/7/S"] * 6, name="Cabin")
    found = separated_parts(cabins, "/", fitted)
    assert list(found.columns) == ["Cabin_1", "Cabin_2", "Cabin_3"]
    assert found["Cabin_2"].head(5).tolist()[:2] == [0.0, 12.0]
    assert found["Cabin_2"].isna().sum() == 6
    assert found["Cabin_3"].head(5).tolist() == ["P", "S", "(missing)", "(missing)", "S"]
    later = separated_parts(pd.Series(["Z/9/P/x", None], name="Cabin"), "/", fitted)
    assert later["Cabin_1"].tolist() == ["(rare)", "(missing)"]
    assert later["Cabin_2"].iloc[0] == 9.0
    assert len(separated_parts(pd.Series([None, None], name="none"), "/", {}).columns) == 1


def test_names_and_codes_fall_into_their_parts() -> None:
    names = name_parts(pd.Series(["van Beck, the Countess. Ann (Lou)", "Plain", None], name="n"))
    assert names.iloc[0].tolist() == ["van Beck", "the Countess"]
    assert names.iloc[1:].isna().all(axis=None)
    codes = code_parts(
        pd.Series(["STON/O2. 3101282", "A/5. 851", "330909", "LINE", None], name="t")
    )
    assert codes["t_series"].fillna("-").tolist() == ["STONO", "A", "-", "LINE", "-"]
    assert codes["t_number"].fillna(-1).tolist() == [3101282, 851, 330909, -1, -1]


def test_strings_give_letters_parts_numbers_and_shape() -> None:
    cells = pd.Series(["B/12/P", None], name="cabin")
    assert first_letter(cells)[0] == "B"
    assert split_part(cells, "/", 2)[0] == "P"
    assert split_part(cells, "/", 2).isna()[1]
    assert number_inside(pd.Series(["USD 1,234.50", "none"], name="p")).tolist()[0] == 1234.5
    assert string_shape(cells).iloc[0].tolist() == [6.0, 1.0, 2.0, 2.0]
    assert string_shape(cells).iloc[1].tolist() == [0.0] * 4


def test_counts_and_means_of_groups_need_no_label_and_survive_new_rows() -> None:
    fitted: dict[str, Any] = {}
    rows = pd.DataFrame({"k": ["a", "a", "b"], "v": [1.0, 3.0, 5.0]})
    assert value_counts(rows, ["k"], fitted)["k_count"].tolist() == [2.0, 2.0, 1.0]
    assert group_means(rows, "k", ["v"], fitted)["v_mean_by_k"].tolist() == [2.0, 2.0, 5.0]
    new = pd.DataFrame({"k": ["b", "new"], "v": [7.0, 7.0]})
    assert value_counts(new, ["k"], fitted)["k_count"].tolist() == [1.0, 1.0]
    assert beside_group(new, "k", ["v"], fitted)["v_beside_k"].tolist()[0] == 2.0
    assert group_means(new, "k", ["v"], fitted)["v_mean_by_k"].isna().tolist() == [False, True]


def test_target_means_never_show_a_row_its_own_answer() -> None:
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"k": [f"k{i}" for i in range(200)]})
    target = rng.integers(0, 2, 150).astype("float64")
    means = target_means(rows, "k", target, {})["target_mean_by_k"].to_numpy()[:150]
    flipped = 1 - target
    flipped[1:] = target[1:]
    again = target_means(rows, "k", flipped, {})["target_mean_by_k"].to_numpy()
    assert again[0] == means[0]
    assert abs(np.corrcoef(means, target)[0, 1]) < 0.3


def test_target_means_learn_groups_and_are_recalled_without_training_rows() -> None:
    fitted: dict[str, Any] = {}
    rows = pd.DataFrame({"k": ["good", "bad"] * 40})
    target = np.tile([1.0, 0.0], 30)
    train = target_means(rows, "k", target, fitted)["target_mean_by_k"]
    new = target_means(pd.DataFrame({"k": ["good", "?"]}), "k", np.zeros(0), fitted)
    assert train[0] > 0.8
    assert train[1] < 0.2
    assert new["target_mean_by_k"].tolist() == [train[60], 0.5]


def test_the_design_is_dense_scaled_and_keeps_its_columns() -> None:
    fitted: dict[str, Any] = {}
    rows = passengers()
    design = design_view(features_of(rows, fitted), fitted)
    later = design_view(features_of(rows.iloc[:2], fitted), fitted)
    assert design.to_numpy().dtype == np.float32
    assert np.isfinite(design.to_numpy()).all()
    assert np.abs(design.to_numpy()).max() <= 5
    assert list(later.columns) == list(design.columns)


def test_new_rows_are_prepared_from_memory_as_they_were_beside_the_training_table() -> None:
    fitted: dict[str, Any] = {}
    rows = passengers()
    whole = features_of(rows, fitted)
    alone = features_of(stack_rows(rows.iloc[:0], rows.iloc[40:]), dict(fitted))
    pd.testing.assert_frame_equal(alone, whole.iloc[40:].reset_index(drop=True))


def test_the_same_rows_give_the_same_features() -> None:
    pd.testing.assert_frame_equal(features_of(passengers(), {}), features_of(passengers(), {}))


def test_gaps_of_later_rows_are_filled_with_what_is_usual() -> None:
    fitted: dict[str, Any] = {}
    days = pd.DataFrame({"open": [1.0, 1.0, 0.0, np.nan], "far": [np.nan, 1.0, 2.0, 3.0]})
    filled = with_usual_values(days, ["open"], fitted)
    assert filled["open"].tolist() == [1.0, 1.0, 0.0, 1.0]
    assert filled["far"].isna().tolist() == [True, False, False, False]
    later = with_usual_values(pd.DataFrame({"open": [0.0, np.nan], "far": 1.0}), ["open"], fitted)
    assert later["open"].tolist() == [0.0, 1.0]


def test_numbers_that_measure_like_things_are_told_together() -> None:
    spent = pd.DataFrame(
        {"food": [1.0, 0.0, np.nan], "bar": [2.0, 0.0, 3.0], "age": [9.0, 8.0, 7.0]}
    )
    told = like_numbers(spent, [["food", "bar"]])
    assert told["sum of 2 like food"].tolist() == [3.0, 0.0, 3.0]
    assert told["zeros of 2 like food"].tolist() == [0.0, 2.0, 0.0]
    assert told["most of 2 like food"].tolist() == [2.0, 0.0, 3.0]
    assert told.dtypes.unique().tolist() == [np.dtype("float64")]
