"""Features chosen by measured gain: what is chosen, and that no row is told its own label."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from iiml_codegen.implementation.enriched_fragments import ENRICHED_WRITERS
from workspace_templates.models import lightgbm_classifier
from workspace_templates.recipes.enriched import (
    beside_groups,
    crossed_target_means,
    number_pairs,
    out_of_fold_residuals,
)

N_TRAIN, N_TEST = 1500, 500


def rows() -> pd.DataFrame:
    """Numbers, one with gaps, two categories with a level that only test rows have, a constant."""
    rng = np.random.default_rng(5)
    n = N_TRAIN + N_TEST
    frame = pd.DataFrame(rng.lognormal(size=(n, 4)), columns=["debt", "income", "age", "noise"])
    frame.loc[rng.random(n) < 0.1, "age"] = np.nan
    kinds = rng.choice(["a", "b", "c", "d"], n).astype(object)
    kinds[-1] = "new"
    levels = ["a", "b", "c", "d", "new"]
    frame["kind"] = pd.Categorical(kinds, categories=levels)
    frame["day"] = rng.integers(0, 7, n).astype("float64")
    return frame.assign(same=1.0)


def enriched(
    features: pd.DataFrame, target: np.ndarray, fitted: dict[str, Any], classes: int = 0
) -> pd.DataFrame:
    """The view as generated code makes it."""
    goal = np.eye(classes)[target] if classes else target[:, None]
    residuals = out_of_fold_residuals(features, goal)
    table = features
    for recipe in (number_pairs, beside_groups, crossed_target_means):
        table = table.join(recipe(features, goal, residuals, fitted))
    return table


def by_ratio(features: pd.DataFrame) -> np.ndarray:
    """Labels that only the ratio of two numbers tells."""
    return np.asarray(features["debt"] > features["income"], dtype="int64")[:N_TRAIN]


def by_crossing(features: pd.DataFrame) -> np.ndarray:
    """Labels that only two columns of levels together tell."""
    codes = features["kind"].cat.codes.to_numpy() * 7 + features["day"].to_numpy(dtype="int64")
    shares = np.random.default_rng(6).random(codes.max() + 1)
    drawn = np.random.default_rng(7).random(len(codes)) < shares[codes]
    return np.asarray(drawn[:N_TRAIN], dtype="float64")


def test_a_ratio_that_tells_the_labels_is_found_and_wins() -> None:
    features = rows()
    labels = np.asarray(features["debt"] > features["income"], dtype="int64")
    losses = []
    for table in (features, enriched(features, labels[:N_TRAIN], {})):
        model = lightgbm_classifier.fit(table[:N_TRAIN], labels[:N_TRAIN], rounds=60)
        losses.append(
            log_loss(labels[N_TRAIN:], lightgbm_classifier.predict(model, table[N_TRAIN:]))
        )
    assert losses[1] < 0.6 * losses[0]


def test_crossed_levels_that_tell_the_labels_are_found() -> None:
    fitted: dict[str, Any] = {}
    features = rows()
    table = enriched(features, by_crossing(features), fitted)
    assert fitted["crossings"] == [("kind", "day")]
    assert "target_mean_by_crossed kind & day" in table


def test_nothing_is_kept_where_the_labels_are_noise() -> None:
    labels = np.random.default_rng(8).integers(0, 2, N_TRAIN)
    assert list(enriched(rows(), labels, {}).columns) == list(rows().columns)


def test_every_class_has_its_own_means() -> None:
    features = rows()
    labels = by_crossing(features).astype("int64")
    table = enriched(features, labels + 2 * (features["age"][:N_TRAIN] > 1).to_numpy(), {}, 4)
    assert sum("kind & day (" in str(name) for name in table) == 4


@pytest.mark.parametrize(
    ("values", "goal"),
    [
        ({}, "target[:, None]"),
        ({"classes": 3}, "np.eye(3)[target]"),
        ({"targets": 2}, "target"),
        ({"targets": 1, "logarithm": True}, "np.log1p(target[:, None])"),
    ],
)
def test_the_goal_has_a_column_for_each_number_to_explain(
    values: dict[str, Any], goal: str
) -> None:
    lines = ENRICHED_WRITERS["out_of_fold_residuals"](values).lines
    assert lines[0] == f"goal = {goal}"


def test_a_row_never_sees_its_own_label_in_the_means() -> None:
    features = rows()
    labels = by_crossing(features)
    changed = np.r_[1 - labels[:1], labels[1:]]
    name = "target_mean_by_crossed kind & day"
    before, after = (enriched(features, y, {})[name].to_numpy() for y in (labels, changed))
    assert before[0] == after[0]
    assert (before[1:N_TRAIN] != after[1:N_TRAIN]).any()


def test_a_row_is_the_same_whichever_test_rows_stand_beside_it() -> None:
    features = rows()
    whole = enriched(features, by_crossing(features), {})
    turned = [*range(N_TRAIN), *range(len(features) - 1, N_TRAIN, -2)]
    fewer = enriched(features.iloc[turned].reset_index(drop=True), by_crossing(features), {})
    pd.testing.assert_frame_equal(fewer, whole.iloc[turned].reset_index(drop=True))


def test_new_rows_are_enriched_from_memory_without_training_rows() -> None:
    fitted: dict[str, Any] = {}
    features = rows()
    target = by_crossing(features) + (features["debt"] / features["income"])[:N_TRAIN].to_numpy()
    whole = enriched(features, target, fitted)
    assert whole.shape[1] > features.shape[1] + 1
    alone = enriched(features[N_TRAIN:].reset_index(drop=True), np.zeros(0), fitted)
    pd.testing.assert_frame_equal(alone, whole[N_TRAIN:].reset_index(drop=True))


def test_the_same_rows_are_enriched_the_same_way() -> None:
    features = rows()
    pd.testing.assert_frame_equal(
        enriched(features, by_ratio(features), {}), enriched(features, by_ratio(features), {})
    )
