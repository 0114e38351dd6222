"""Names of features: none twice, the data's own kept, and none that a boosting library refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from unit.test_generated_modules import loaded, planned, prepared, write_odd

from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from workspace_templates.models import lightgbm_regressor, xgboost_regressor
from workspace_templates.recipes.numbers import fill_with_median, plain_names, useful_columns

ROWS, N_TRAIN = 240, 180
WORDS = ("fine", "slow", "warm", "dull", "kind", "loud", "clean", "cheap")


def sales(**columns: Any) -> pd.DataFrame:
    """An id, these columns, and a price that two of them tell."""
    random = np.random.default_rng(0)
    size = random.normal(size=ROWS).round(3)
    price = (size * 3 + random.normal(size=ROWS)).round(2)
    return pd.DataFrame({"id": range(ROWS), "size": size, **columns, "price": price})


def outputs_of(table: pd.DataFrame, place: Path) -> tuple[str, dict[str, Any]]:
    """The text of prep that is written for a table, and what it gives."""
    folder = write_odd(place / "data", table, N_TRAIN, "Scored by RMSE.")
    text = ExpertPreprocessingCoder().write(planned(folder)[0])
    return text, prepared(loaded(text, place / "prep.py"), folder, {})


def test_columns_that_are_derived_take_no_name_that_the_data_has(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    own = pd.DataFrame(
        {
            "age_missing": random.normal(size=ROWS).round(3),
            "sale_year": random.integers(1, 30, ROWS),
            "city_count": random.gamma(2.0, 3.0, ROWS).round(3),
            "review_length": random.gamma(2.0, 9.0, ROWS).round(3),
        }
    )
    derived = {
        "age": np.where(random.random(ROWS) < 0.2, np.nan, random.integers(18, 90, ROWS)),
        "sale": pd.date_range("2019-03-01", periods=ROWS, freq="3D").strftime("%Y-%m-%d"),
        "city": random.choice([f"city {n}" for n in range(40)], ROWS),
        "review": [" ".join(random.choice(WORDS, random.integers(9, 20))) for _ in range(ROWS)],
    }
    text, outputs = outputs_of(sales(**derived, **own), tmp_path)
    for step in ("missing_flags", "date_parts", "value_counts", "text_statistics"):
        assert f"{step}(" in text
    for view in ("features", "design"):
        assert outputs[f"{view}_train"].columns.is_unique
    for name in own:
        assert outputs["features_train"][name].tolist() == pytest.approx(own[name][:N_TRAIN])


@pytest.mark.parametrize(
    "column",
    [
        {"tags": [f'["size: {{{n % 5}}}", "a, b", "x_{n % 3}", "x {n % 3}"]' for n in range(ROWS)]},
        {"weight [kg], net": [f"{n:,}.5" for n in range(1000, 1000 + 50 * ROWS, 50)]},
        {"floor area": np.arange(ROWS) ** 0.5, "floor_area": np.arange(ROWS)[::-1] ** 1.5},
    ],
    ids=["items of lists", "written numbers", "a space or a line"],
)
def test_names_that_boosting_refuses_are_rewritten(column: dict[str, Any], tmp_path: Path) -> None:
    text, outputs = outputs_of(sales(**column), tmp_path)
    assert "plain_names(" in text
    X, y = outputs["features_train"], outputs["target"]
    assert X.shape[1] > 2 - ("weight [kg], net" in column)
    for model in (lightgbm_regressor, xgboost_regressor):
        assert np.isfinite(model.predict(model.fit(X, y, rounds=5), X)).all()


def test_names_that_are_plain_already_stay_as_they_are() -> None:
    names = ["a[b]", "a_b_", "a b", "a_b", "a:b", "a:b"]
    rows = pd.DataFrame([range(6)], columns=names)
    plain = plain_names(rows)
    assert list(plain.columns[1:3]) == ["a_b_", "a b"]
    apart = plain.columns[:5].str.replace(" ", "_")
    assert apart.is_unique and plain.columns[4] == plain.columns[5]


def test_a_flag_of_gaps_leaves_a_column_of_its_name_alone() -> None:
    rows = pd.DataFrame({"age_missing": [7.0, 8.0], "age": [1.0, np.nan], "x_missing": [3.0, 4.0]})
    rows["x"] = [np.nan, 2.0]
    filled = fill_with_median(rows, list(rows.columns), {})
    assert filled["age_missing"].tolist() == [7.0, 8.0]
    assert filled["x_missing"].tolist() == [3.0, 4.0]


def test_of_columns_with_one_name_the_first_is_useful() -> None:
    rows = pd.DataFrame([[1, 5, 2], [2, 6, 1]], columns=["a", "a", "b"])
    fitted: dict[str, Any] = {}
    assert useful_columns(rows, fitted).to_dict("list") == {"a": [1, 2], "b": [2, 1]}
    assert list(useful_columns(rows.iloc[:1], fitted).columns) == ["a", "b"]
