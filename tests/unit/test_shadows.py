"""Shadow competitions: same layout, labels withheld, rows sliced from the source text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions import KINDS, Competition, write_competition

from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.fresh_ids import fresh, structure
from iiml_codegen.worker.permutation import permuted_label_proof
from iiml_codegen.worker.shadows import shadows

PLANS: dict[str, tuple[str, str | None]] = {
    "ordinal": ("grouped", "keeper"),
    "series": ("blocks", "datetime"),
    "regression": ("random", None),
    "binary": ("forward", "joined"),
}


def plan_for(kind: str, folds: int = 3) -> dict[str, Any]:
    strategy, column = PLANS.get(kind, ("stratified", None))
    return {"strategy": strategy, "folds": folds, "column": column, "why": "test", "seed": 5}


def build(made: Competition, cache: Path, kind: str, **more: Any) -> dict[str, Any]:
    request = {"folder": str(made.folder), "task": made.task, "plan": plan_for(kind)}
    return shadows({**request, "out": str(cache), **more})


def tables(folder: Path, task: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    names = (task["train_file"], task["test_file"], task["submission"]["file"])
    train, test, sample = (pd.read_csv(folder / name, dtype=str) for name in names)
    return train, test, sample


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_shadow_has_the_rows_and_columns_of_a_competition(tmp_path: Path, kind: str) -> None:
    made = write_competition(tmp_path / "real", kind, 240)
    built = build(made, tmp_path / "cache", kind)
    real_train, real_test, real_sample = tables(made.folder, made.task)
    features = [name for name in real_test.columns if name != made.task["id_column"]]
    if kind == "series":
        features.append("datetime")
    for fold in built["folds"]:
        train, test, sample = tables(Path(fold["data"]), made.task)
        rows, withheld = np.load(fold["rows"]), np.load(fold["fold_rows"])
        kept = rows[: len(train)]
        assert list(train.columns) == list(real_train.columns)
        assert list(test.columns) == list(real_test.columns)
        assert list(sample.columns) == list(real_sample.columns)
        assert len(test) == len(sample) == fold["n_fold"] + len(real_test)
        whole = pd.concat([real_train[features], real_test[features]], ignore_index=True)
        shadow = pd.concat([train[features], test[features]], ignore_index=True)
        pd.testing.assert_frame_equal(shadow, whole.iloc[rows].reset_index(drop=True))
        assert not set(withheld) & set(kept)
        assert np.load(fold["valid"]).max() < len(train) == fold["train_rows"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_permuting_withheld_labels_leaves_every_file_of_the_shadow_alone(
    tmp_path: Path, kind: str
) -> None:
    made = write_competition(tmp_path / "real", kind, 240)
    plan = plan_for(kind)
    assert permuted_label_proof(made.folder, made.task, plan, 1, tmp_path / "work") == []
    real = (made.folder / "train.csv").read_bytes()
    assert (tmp_path / "work" / "permuted" / "train.csv").read_bytes() != real


def test_the_proof_sees_a_label_that_is_left_in_another_column(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "binary", 120)
    train = pd.read_csv(made.folder / "train.csv")
    train["noise"] = train["left"]
    train.to_csv(made.folder / "train.csv", index=False)
    task = {**made.task, "targets": ["noise"]}
    test = pd.read_csv(made.folder / "test.csv")
    work = tmp_path / "work"
    assert "noise" in test
    changed = permuted_label_proof(made.folder, task, plan_for("regression"), 0, work)
    assert "shadows/0/data/test.csv" in changed


def test_targets_are_codes_in_the_order_of_the_classes(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "text", 90)
    built = build(made, tmp_path / "cache", "text")
    authors = pd.read_csv(made.folder / "train.csv")["author"]
    target = np.load(built["target"])
    assert [("EAP", "HPL", "MWS")[int(code)] for code in target] == authors.tolist()


def test_rows_without_a_label_are_never_withheld(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "regression", 90)
    train = pd.read_csv(made.folder / "train.csv")
    train.loc[::7, "progress"] = np.nan
    train.to_csv(made.folder / "train.csv", index=False)
    built = build(made, tmp_path / "cache", "regression")
    target = np.load(built["target"])
    assert np.isnan(target[::7]).all()
    for fold in built["folds"]:
        assert not np.isnan(target[np.load(fold["fold_rows"])]).any()


@pytest.mark.parametrize("kind", ["binary", "ordinal", "text"])
def test_ids_are_renewed_and_tell_nothing(tmp_path: Path, kind: str) -> None:
    made = write_competition(tmp_path / "real", kind, 200)
    built = build(made, tmp_path / "cache", kind)
    name = made.task["id_column"]
    real = pd.concat(tables(made.folder, made.task)[:2])[name]
    for fold in built["folds"]:
        train, test, sample = tables(Path(fold["data"]), made.task)
        ids = pd.concat([train[name], test[name]])
        assert ids.is_unique
        assert sample[name].tolist() == test[name].tolist()
        rows = np.load(fold["rows"])
        assert (ids.to_numpy() == real.to_numpy()[rows]).mean() < 0.05
        assert set(ids.str.len()) <= set(real.str.len())


def test_dates_as_ids_stay(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "series", 480)
    built = build(made, tmp_path / "cache", "series")
    real = tables(made.folder, made.task)[0]["datetime"]
    fold = built["folds"][0]
    test = tables(Path(fold["data"]), made.task)[1]["datetime"]
    assert test[: fold["n_fold"]].tolist() == real.iloc[np.load(fold["fold_rows"])].tolist()


def test_the_view_has_no_target_and_no_column_that_only_train_has(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "series", 240)
    built = build(made, tmp_path / "cache", "series")
    train, test, _ = tables(Path(built["view"]), made.task)
    assert list(train.columns) == list(test.columns) == ["datetime", "temp", "weather"]
    assert train["datetime"].tolist() == tables(made.folder, made.task)[0]["datetime"].tolist()


def test_quotes_line_ends_and_encoding_of_the_source_survive(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "insults", 60)
    for name in ("train.csv", "test.csv", made.task["submission"]["file"]):
        text = (made.folder / name).read_text(encoding="utf-8")
        data = text.replace("\n", "\r\n").replace(" and ", " \n and É ").encode("cp1252")
        (made.folder / name).write_bytes(data)
    built = build(made, tmp_path / "cache", "insults")
    fold = built["folds"][0]
    lines = (made.folder / "train.csv").read_bytes().split(b"\r\n")
    shadow = (Path(fold["data"]) / "test.csv").read_bytes().split(b"\r\n")
    withheld = np.load(fold["fold_rows"])
    assert shadow[1 : 1 + len(withheld)] == [lines[row + 1].partition(b",")[2] for row in withheld]


def test_tables_with_labels_and_archives_stay_behind(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "binary", 90)
    (made.folder / "old_answers.csv").write_text("id,left\n1,0\n")
    (made.folder / "cities.csv").write_text("city,size\nAmes,3\n")
    (made.folder / "train.csv.zip").write_bytes(b"PK")
    (made.folder / "iiml").mkdir()
    built = build(made, tmp_path / "cache", "text")
    names = {path.name for path in Path(built["folds"][0]["data"]).iterdir()}
    assert names == {
        "train.csv",
        "test.csv",
        "sample_submission.csv",
        "description.md",
        "cities.csv",
    }


def test_shadows_are_found_again_and_rebuilt_when_a_label_changes(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "binary", 90)
    first = build(made, tmp_path / "cache", "text")
    marker = Path(first["view"]) / "marker"
    marker.touch()
    assert build(made, tmp_path / "cache", "text") == first
    assert marker.exists()
    (made.folder / "submission.csv").write_text("id,left\n")
    (made.folder / "iiml").mkdir()
    assert build(made, tmp_path / "cache", "text") == first
    with (made.folder / "train.csv").open("a") as train:
        train.write("9999,,,,,,,,1\n")
    assert build(made, tmp_path / "cache", "text")["view"] != first["view"]
    assert not list((tmp_path / "cache").glob(".building-*"))


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "ordinal", 120)
    contents = []
    for cache in ("one", "two"):
        built = build(made, tmp_path / cache, "ordinal")
        home = Path(built["view"]).parent
        files = sorted(path for path in home.rglob("*") if path.is_file())
        contents.append({path.relative_to(home): path.read_bytes() for path in files})
    assert contents[0] == contents[1]


def test_a_sample_of_rows_makes_small_shadows(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "binary", 400)
    built = build(made, tmp_path / "cache", "text", max_rows=60)
    fold = built["folds"][0]
    assert fold["train_rows"] + fold["n_fold"] == 60
    assert built["train_rows"] == 400 and built["test_rows"] == 60
    rows = np.load(fold["rows"])
    _, test, _ = tables(Path(fold["data"]), made.task)
    real_train, real_test, _ = tables(made.folder, made.task)
    whole = pd.concat([real_train["noise"], real_test["noise"]], ignore_index=True)
    assert test["noise"].tolist() == whole.iloc[rows[fold["train_rows"] :]].tolist()


def test_a_plan_of_more_folds_than_there_are_moments_says_how_many_were_made(
    tmp_path: Path,
) -> None:
    made = write_competition(tmp_path / "real", "binary", 120)
    train = pd.read_csv(made.folder / "train.csv")
    train["joined"] = [2019, 2020, 2021, 2022] * 30
    train.to_csv(made.folder / "train.csv", index=False)
    plan = {**plan_for("binary"), "folds": 5}
    built = build(made, tmp_path / "cache", "binary", plan=plan)
    assert [fold["fold"] for fold in built["folds"]] == [0, 1, 2]
    assert "3 folds instead of 5: joined parts" in built["remarks"][0]


def test_what_holds_no_table_is_refused_with_a_way_out(tmp_path: Path) -> None:
    made = write_competition(tmp_path / "real", "binary", 60)
    (made.folder / "train.json").write_text("[]")
    task = {**made.task, "train_file": "train.json"}
    with pytest.raises(DataError, match="holds no table"):
        request = {"folder": str(made.folder), "task": task, "plan": plan_for("text")}
        shadows({**request, "out": str(tmp_path / "cache")})


def test_structure_in_ids_is_told_from_names() -> None:
    rng = np.random.default_rng(0)
    numbered = [f"clip_{number:04d}.wav" for number in range(50)]
    assert structure([str(number) for number in range(1, 99)]) is None
    assert structure(numbered) is None
    assert structure([f"{number // 3:04d}_{number % 3}" for number in range(60)]) is not None
    assert structure(["2011-01-01 00:00:00", "2011-01-01 01:00:00"]) is not None
    universal = [f"{number:08x}-01b2-4fff-8a3b-00112233{number:04x}" for number in range(99)]
    assert structure(universal) is None
    new = fresh(numbered, 60, rng)
    assert len(set(new)) == 60
    assert all(name.startswith("clip_") and name.endswith(".wav") for name in new)


def test_new_numbers_stay_in_the_range_of_the_old() -> None:
    new = fresh(["100", "250", "900"], 300, np.random.default_rng(0))
    assert len(set(new)) == 300
    assert all(100 <= int(value) <= 900 for value in new)
