"""Recipes for rows: files listed by path, keys as text, histories and series without hindsight."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from workspace_templates.recipes.history import history_features
from workspace_templates.recipes.rows import (
    join_labels,
    join_lookup,
    labels_in_folders,
    labels_in_names,
    labels_of_partners,
    list_files,
    rows_of_long_sample,
    rows_of_sample,
    texts_of_files,
)
from workspace_templates.recipes.series import past_of_series


def test_files_are_listed_by_path_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/10.PNG", "a-1/x.png", "a/y.png", "a/.z.png", ".c/q.png", "a/n.txt"):
        (tmp_path / "train" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "train" / name).touch()
    listed = list_files(tmp_path, "train", (".png",), "id", "path")
    assert listed["id"].tolist() == ["a-1/x.png", "a/y.png", "b/10.PNG", "b/2.png"]
    assert listed["path_of_file"].tolist() == [f"train/{name}" for name in listed["id"]]
    assert list_files(tmp_path, "train", (".png",), "id", "name")["id"].iloc[2] == "10.PNG"
    nothing = list_files(tmp_path, "nowhere", (".png",), "id")
    assert list(nothing.columns) == ["path_of_file", "id"] and len(nothing) == 0


def test_labels_come_from_names_folders_and_partners(tmp_path: Path) -> None:
    files = pd.Series(["train/cat/dog.1.wav", "train/7.wav"])
    assert labels_in_names(files, r"^([a-z]+)\.").tolist() == ["dog", None]
    assert labels_in_folders(files, "train").tolist() == ["cat", None]
    (tmp_path / "dog.1.json").write_text('{"high": 1.50, "low": null}')
    told = labels_of_partners(tmp_path, files, "{stem}.json", ["high", "low"])
    assert told["high"].tolist() == ["1.5", None] and told["low"].isna().all()
    (tmp_path / "7.txt").write_text(" seven\n")
    assert labels_of_partners(tmp_path, files, "{stem}.txt", ["n"])["n"].tolist() == [None, "seven"]


def test_a_lookup_keeps_rows_and_their_order_and_never_replaces_a_column() -> None:
    train = pd.DataFrame({"shop": ["2", "1", "9", None], "size": ["a", "b", "c", "d"]})
    test = pd.DataFrame({"shop": ["1"], "day": ["x"]})
    table = pd.DataFrame(
        {"shop": ["1", "2", "1"], "town": ["A", "B", "C"], "day": "?", "hidden": ["p", "q", "r"]}
    )
    left, right = join_lookup(train, test, table, ["shop"], ["hidden"])
    assert (
        left["town"].tolist()[:2] == ["B", "A"] and left["town"].isna().tolist()[2:] == [True] * 2
    )
    assert list(left.columns) == ["shop", "size", "town"] and right["town"].tolist() == ["A"]
    assert right["day"].tolist() == ["x"]
    assert join_labels(train, table[["shop"]], ["shop"], ["town"]).equals(train)


def test_a_sample_gives_each_row_once() -> None:
    sample = pd.DataFrame({"id": ["7_a", "7_b", "8_a", "8_b"], "y": "0"})
    assert rows_of_long_sample(sample, "id", ["a", "b"])["id"].tolist() == ["7", "8"]
    assert list(rows_of_sample(sample, ["y"]).columns) == ["id"]
    numbers = pd.DataFrame({"id": ["71", "81", "72", "82"]})
    counted = rows_of_long_sample(numbers, "id", ["1", "2"], factor=10, by_target=True)
    assert counted["id"].tolist() == ["7", "8"]


def test_texts_lose_a_mark_and_survive_bytes_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfd\xc3\xa9j\xc3\xa0 \xff")
    read = texts_of_files([tmp_path / "a", tmp_path / "b"])
    assert read.iloc[0] == "déjà \ufffd" and read.isna().tolist() == [False, True]


def test_a_history_is_summed_up_in_the_order_of_its_dates() -> None:
    history = pd.DataFrame(
        {
            "who": ["1", "2", "1", "1"],
            "when": ["2020-03-01", "2020-01-01", "2020-01-01", "2020-02-01"],
            "paid": ["30", "5", "10", None],
            "way": ["card", "cash", "cash", "card"],
            "answer": ["yes", "no", "yes", "yes"],
        }
    )
    rows = pd.DataFrame({"who": ["2", "3", "1"]})
    fitted: dict[str, Any] = {}
    made = history_features(rows, history, ["who"], "paid", fitted, left_out=["answer"])
    assert made["paid_count"].tolist() == [1.0, 0.0, 3.0]
    assert made["paid_paid_last"].tolist()[::2] == [5.0, 30.0]
    assert made["paid_paid_mean"].tolist()[::2] == [5.0, 20.0]
    assert made["paid_way_is_card"].iloc[2] == pytest.approx(2 / 3)
    assert not any("answer" in name for name in made.columns)
    fewer = history_features(rows.iloc[:1], history.iloc[1:2], ["who"], "paid", fitted)
    assert list(fewer.columns) == list(made.columns)


def test_rows_of_a_history_without_a_date_count_after_the_others() -> None:
    days = [f"2019-01-{day:02}" for day in range(1, 29)]
    when = [None, "2020-03-01", "2020-01-01", "2020-02-01", *days]
    paid = ["7", "30", "10", "20", *["1"] * 28]
    history = pd.DataFrame({"who": ["2", "1", "1", "1", *["3"] * 28], "when": when, "paid": paid})
    made = history_features(pd.DataFrame({"who": ["1", "2", "3"]}), history, ["who"], "paid", {})
    assert made["paid_count"].tolist() == [3.0, 1.0, 28.0]
    assert made["paid_paid_last"].tolist() == [30.0, 7.0, 1.0]


def shop_days(days: int, shops: int) -> pd.DataFrame:
    dates = pd.date_range("2021-01-04", periods=days).repeat(shops)
    return pd.DataFrame({"day": dates, "shop": [str(n) for n in range(shops)] * days})


def test_no_row_of_a_series_sees_what_is_nearer_than_the_horizon() -> None:
    rows = shop_days(60, 2)
    target = np.random.default_rng(0).normal(size=100)
    names, keys = ["sold"], ["shop"]
    first = past_of_series(rows, target, names, keys, rows["day"], 7.0, {})
    for place in (0, 37, 88):
        changed = target.copy()
        changed[place] += 1000
        again = past_of_series(rows, changed, names, keys, rows["day"], 7.0, {})
        differs = ~np.isclose(first.fillna(0), again.fillna(0)).all(axis=1)
        touched = rows[differs]
        assert (touched["day"] >= rows["day"][place] + pd.Timedelta(days=7)).all()
        assert set(touched["shop"]) == {rows["shop"][place]}
    last = first["sold_last_1"]
    assert last[14] == target[0] and last[:14].isna().all() and last[15] == target[1]
    weekday = first["sold_same_phase"]
    assert weekday[28] == pytest.approx(np.mean(target[[0, 14]]))


def test_the_past_of_series_serves_new_rows_from_memory() -> None:
    rows, fitted = shop_days(60, 2), {}
    target = np.arange(100.0)
    whole = past_of_series(rows, target, ["sold"], ["shop"], rows["day"], 7.0, fitted)
    new = rows.iloc[100:].reset_index(drop=True)
    again = past_of_series(new, target[:0], ["sold"], ["shop"], new["day"], 7.0, fitted)
    pd.testing.assert_frame_equal(again, whole.iloc[100:].reset_index(drop=True))
