"""Which prepared columns count as changed: beyond noise, by name, in any kind of output."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from iiml_codegen.worker.leak_columns import WHOLE, moved, same_bits
from iiml_codegen.worker.leak_features import own_label
from iiml_codegen.worker.leak_rows import beyond_noise

EVERY = np.arange(4)


def outputs(**changes: Any) -> dict[str, Any]:
    frame = pd.DataFrame({"size": [1.0, 2.0, np.nan, 4.0], "kind": list("abca")})
    return {"features_test": frame.assign(**changes), "target": np.zeros(4)}


def names(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [one.column for one in moved(before, after, EVERY, "_test")]


def test_equal_outputs_have_no_moved_column() -> None:
    assert names(outputs(), outputs()) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"size": [1.0, 2.0, np.nan, 4.1]}, ["size"]),
        ({"size": [1.0, 2.0, 3.0, 4.0]}, ["size"]),
        ({"size": [1.0 + 1e-9, 2.0, np.nan, 4.0]}, []),
        ({"kind": list("abcb")}, ["kind"]),
    ],
)
def test_changes_beyond_noise_are_named(changes: dict[str, Any], expected: list[str]) -> None:
    assert names(outputs(), outputs(**changes)) == expected


def test_a_column_that_is_gone_counts_as_changed_in_all_rows() -> None:
    after = outputs()
    after["features_test"] = after["features_test"].drop(columns="kind")
    (one,) = moved(outputs(), after, EVERY, "_test")
    assert (one.column, one.changed) == ("kind", 4)


def test_rows_are_compared_with_the_rows_that_they_are() -> None:
    order = np.array([2, 0, 3])
    after = {"features_test": outputs()["features_test"].iloc[order].reset_index(drop=True)}
    assert moved(outputs(), after, order, "_test") == []
    assert len(moved(outputs(), after, np.array([0, 1, 2]), "_test")) == 2


def test_texts_move_with_their_rows_and_places_of_files_say_nothing(tmp_path: Path) -> None:
    order = np.array([2, 0, 3, 1])
    texts = pd.Series(["so", "what", "so", "be it"])
    places = pd.Series([str(tmp_path / f"{number}.png") for number in range(4)])
    before = {"texts_test": texts, "pictures_test": places, "target": np.zeros(4)}
    shuffled = texts.iloc[order].reset_index(drop=True)
    renamed = places.str.replace("png", "jpg")
    after = {"texts_test": shuffled, "pictures_test": renamed, "target": np.zeros(4)}
    assert moved(before, after, order, "_test") == []
    assert same_bits(before, after, order)
    other = {**after, "texts_test": shuffled.replace("what", "why")}
    (one,) = moved(before, other, order, "_test")
    assert (one.output, one.column, one.changed) == ("texts_test", WHOLE, 1)
    assert not same_bits(before, other, order)


@pytest.mark.parametrize("make", [np.array, sparse.csr_matrix])
def test_tables_without_names_count_as_one_column(make: Any) -> None:
    table = np.arange(8.0).reshape(4, 2)
    other = table.copy()
    other[1, 0] = 99.0
    (one,) = moved({"words_test": make(table)}, {"words_test": make(other)}, EVERY, "_test")
    assert (one.column, one.changed) == (WHOLE, 1)


def test_a_view_that_scales_knows_that_its_namesake_stays() -> None:
    before = outputs() | {"design_test": pd.DataFrame({"size": [0.0, 1.0, 2.0, 3.0]})}
    after = outputs() | {"design_test": pd.DataFrame({"size": [0.0, 2.0, 4.0, 6.0]})}
    (one,) = moved(before, after, EVERY, "_test")
    assert (one.output, one.stays_elsewhere) == ("design_test", True)


def test_last_bits_are_no_change_and_are_seen_all_the_same() -> None:
    after = outputs(size=[np.nextafter(1.0, 2.0), 2.0, np.nan, 4.0])
    assert names(outputs(), after) == []
    assert same_bits(outputs(), outputs(), EVERY)
    assert not same_bits(outputs(), after, EVERY)


def test_infinities_that_stay_are_equal() -> None:
    table = np.array([[np.inf], [np.nan], [1.0]])
    assert not beyond_noise(table, table.copy()).any()


def encoded(labels: np.ndarray, keys: np.ndarray, *, own: bool) -> dict[str, Any]:
    """Means of labels by key, with the row's own label or without it."""
    frame = pd.DataFrame({"key": keys, "label": labels})
    group = frame.groupby("key")["label"]
    total, count = group.transform("sum"), group.transform("count")
    means = total / count if own else (total - frame["label"]) / (count - 1).clip(lower=1)
    return {"features_train": pd.DataFrame({"taste": means}), "target": labels}


@pytest.mark.parametrize("own", [True, False])
def test_only_a_mean_with_the_own_label_follows_it(own: bool) -> None:
    draw = np.random.default_rng(0)
    keys, labels = draw.integers(0, 150, 600), draw.integers(0, 2, 600)
    other = labels.copy()
    half = np.sort(draw.permutation(600)[:300])
    other[half] = draw.permutation(other[half])
    found = own_label(encoded(labels, keys, own=own), encoded(other, keys, own=own), "target")
    assert [one["column"] for one in found] == (["taste"] if own else [])
