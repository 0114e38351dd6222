"""What is measured of pairs of texts, of recordings and documents, of several files, of pixels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iiml_codegen.worker.label_cells import labels_in_cells
from iiml_codegen.worker.shadows import some
from workspace_templates.models.pixels_boosted_regressor import whole_pictures
from workspace_templates.models.series_boosted_regressor import fit, predict
from workspace_templates.models.series_naive_regressor import fit as fit_naive
from workspace_templates.models.series_naive_regressor import predict as predict_naive
from workspace_templates.recipes.media_files import average_of_files, row_file_lists
from workspace_templates.recipes.pixels import read_pixels, shades_of_partners, stack_pixels
from workspace_templates.recipes.records import record_statistics
from workspace_templates.recipes.text_pairs import text_pair_statistics
from workspace_templates.submissions import label_list


def test_shared_words_count_by_how_rare_they_are() -> None:
    common, rare = "the cat sat on the mat", "the zygote divides"
    first = pd.Series([common, rare, "the dog"])
    second = pd.Series(["the dog barked", "a zygote grows", "the dog does not bark"])
    rows = text_pair_statistics(first, second, {})
    assert rows["pair_shared"].tolist() == [1, 1, 2]
    assert rows["pair_weighed"][1] > rows["pair_weighed"][0]
    assert rows["pair_denials"].tolist() == [0, 0, 1]
    assert rows["pair_of_first"].tolist()[2] == 1.0
    assert not rows.isna().any().any()


def test_the_weights_of_words_are_remembered_for_new_pairs() -> None:
    fitted: dict[str, object] = {}
    texts = pd.Series(["red apple", "green apple", "blue plum"])
    text_pair_statistics(texts, texts, fitted)
    new = pd.Series(["red plum"])
    again = text_pair_statistics(new, pd.Series(["red"]), fitted)
    assert again.shape == (1, text_pair_statistics(texts, texts, fitted).shape[1])


class Looked(dict[str, float]):
    """A vocabulary that counts how often all of it is looked at."""

    scans = 0

    def values(self) -> Any:
        self.scans += 1
        return super().values()


def test_new_words_weigh_as_the_rarest_and_no_word_scans_the_vocabulary() -> None:
    known = Looked({"red": 0.5, "plum": 2.0})
    new = pd.Series(["red plum", "red kiwi", "lime kiwi"])
    rows = text_pair_statistics(new, new, {"rarity of words of pair": known})
    assert rows["pair_weighed"].tolist() == [1.0, 1.0, 1.0]
    apart = text_pair_statistics(new, pd.Series([""] * 3), {"rarity of words of pair": known})
    assert apart["pair_rarest_alone"].tolist() == [2.0, 2.0, 2.0]
    assert known.scans <= 2


def test_recordings_of_each_format_say_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.normal(0, 1, 50), "b": np.arange(50.0)})
    table.to_csv(tmp_path / "one.csv", index=False)
    table.to_parquet(tmp_path / "two.parquet")
    (tmp_path / "three.json").write_text(json.dumps(table.to_dict("list")))
    (tmp_path / "four.csv").write_bytes(b"\xff\xfe\x00")
    paths = [tmp_path / name for name in ("one.csv", "two.parquet", "three.json", "four.csv")]
    rows = record_statistics([*paths, tmp_path / "gone.csv"], {})
    for column in ("record_a_mean", "record_a_spread", "record_b_rise", "record_b_last"):
        assert np.allclose(rows[column][:3], rows[column][0]), column
    assert rows["record_b_rise"][0] == 1.0
    assert rows["record_b_memory"][0] > 0.9 > abs(rows["record_a_memory"][0])
    assert rows.iloc[3:].isna().all().all()


def test_documents_are_summed_up_at_any_depth(tmp_path: Path) -> None:
    for number, roof in enumerate(["flat", "steep", "flat"]):
        told = {"roof": roof, "rooms": [{"size": 10 + number}, {"size": 20}], "note": None}
        (tmp_path / f"{number}.json").write_text(json.dumps(told))
    rows = record_statistics([tmp_path / f"{n}.json" for n in range(3)], {})
    assert rows["record_rooms.size_mean"].tolist() == [15.0, 15.5, 16.0]
    assert rows["record_rooms.items_mean"].tolist() == [2.0, 2.0, 2.0]
    assert rows["record_roof_is_flat"].tolist() == [1.0, 0.0, 1.0]


def test_arrays_without_names_have_numbered_columns(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(60.0).reshape(30, 2))
    (tmp_path / "b.csv").write_text("1,2\n3,4\n5,6\n")
    rows = record_statistics([tmp_path / "a.npy", tmp_path / "b.csv"], {})
    assert rows["record_0_first"].tolist() == [0.0, 1.0]
    assert rows["record_1_last"].tolist() == [59.0, 6.0]


def test_all_files_of_a_row_are_found_in_order_and_averaged(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    for name in ("a-1", "a-2", "a-10", "b-1"):
        (tmp_path / "pictures" / f"{name}.txt").write_text(name)
    files = row_file_lists(tmp_path, pd.Series(["b", "a", "c"]), "pictures/{}-*.txt")
    assert [[path.stem for path in row] for row in files] == [["b-1"], ["a-1", "a-2", "a-10"], []]

    def length(paths: list[Path], name: str) -> pd.DataFrame:
        return pd.DataFrame({f"{name}_length": [len(path.read_text()) for path in paths]})

    rows = average_of_files(files, length, name="text")
    assert rows["text_files"].tolist() == [1, 3, 0]
    assert rows["text_length"].round(2).tolist()[:2] == [3.0, 3.33]
    assert np.isnan(rows["text_length"][2])


def test_pixels_come_back_as_the_pictures_that_they_were(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    shown = {}
    for folder in ("train", "clean"):
        (tmp_path / folder).mkdir()
        for name, size in (("a", (4, 6)), ("b", (5, 3))):
            shown[folder, name] = rng.integers(0, 255, size).astype(np.uint8)
            Image.fromarray(shown[folder, name]).save(tmp_path / folder / f"{name}.png")
    train = read_pixels(tmp_path, "train", (".png",))
    clean = shades_of_partners(tmp_path, "train", (".png",), "clean", 255.0)
    both = stack_pixels(train, train)
    assert both["picture"].unique().tolist() == [0, 1, 2, 3]
    for number, (start, shades) in enumerate(whole_pictures(both)):
        name = "ab"[number % 2]
        assert np.allclose(shades * 255, shown["train", name])
        if number < 2:
            partner = clean[start : start + shades.size].reshape(shades.shape)
            assert np.allclose(partner, shown["clean", name])
    gone = shades_of_partners(tmp_path, "train", (".png",), "nowhere", 1.0)
    assert np.isnan(gone).all() and len(gone) == len(train)


def test_a_sample_of_rows_takes_wholes() -> None:
    wholes = np.repeat(np.arange(40), 100)
    rows = some(wholes, 1_500, np.random.default_rng(0))
    counts = np.bincount(wholes[rows], minlength=40)
    assert set(counts.tolist()) == {0, 100}
    assert (counts > 0).sum() == 15


def test_cells_of_labels_are_told_from_prose_and_from_names_of_two_words() -> None:
    rng = np.random.default_rng(0)
    films = [
        " ".join(rng.choice(["war", "love", "crime"], rng.integers(1, 3), replace=False))
        for _ in range(60)
    ]
    assert labels_in_cells(pd.Series(films)) == {
        "labels": ["crime", "love", "war"],
        "label_mark": " ",
    }
    bars = [text.replace(" ", "|") for text in films]
    assert labels_in_cells(pd.Series(bars))["label_mark"] == "|"
    flowers = rng.choice(["Iris setosa", "Iris virginica", "Iris versicolor"], 60)
    assert labels_in_cells(pd.Series(flowers)) == {}
    towns = rng.choice(["New York", "New Jersey", "Boston", "San Diego", "Chicago"], 90)
    assert labels_in_cells(pd.Series(towns)) == {}
    letters = [" ".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), 12)) for _ in range(60)]
    assert labels_in_cells(pd.Series(letters)) == {}


def test_a_row_of_no_label_gets_the_likeliest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_list, "LABELS", ("a", "b"))
    monkeypatch.setattr(label_list, "ANSWER_COLUMNS", ("kinds",))
    chances = np.array([[0.9, 0.8], [0.2, 0.4], [0.0, 0.0], [0.7, 0.1]])
    assert label_list.answer_cells(chances) == {"kinds": ["a b", "b", "a", "a"]}


def test_series_models_go_on_with_a_trend_that_trees_have_not_seen() -> None:
    days = np.arange(300.0)
    X = pd.DataFrame({"y_same_phase": days - 10, "y_last_7": days - 12, "weekday": days % 7})
    X.loc[:9, ["y_same_phase", "y_last_7"]] = np.nan
    y = days + 3 * (days % 7 == 5)
    later = pd.DataFrame({"y_same_phase": [390.0, 391.0], "y_last_7": [388.0, 389.0]})
    later["weekday"] = [400.0 % 7, 401.0 % 7]
    boosted = predict(fit(X, y, rounds=200), later)
    naive = predict_naive(fit_naive(X, y), later)
    assert np.abs(boosted - [400.0, 401.0]).max() < 4
    assert np.abs(naive - [400.0, 401.0]).max() < 1
    unknown = later.assign(y_same_phase=np.nan)
    assert np.allclose(predict_naive(fit_naive(X, y), unknown), y.mean())
