"""Every layout makes shadows in which the withheld labels are nowhere, names and links included."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions import LAYOUTS, Competition, write_layout

from iiml_codegen.worker.errors import DataError
from iiml_codegen.worker.layouts import find_layout
from iiml_codegen.worker.layouts.file_rows import FILE_COLUMN
from iiml_codegen.worker.layouts.renaming import recast
from iiml_codegen.worker.layouts.sample import long_ids, row_ids
from iiml_codegen.worker.permutation import permuted_label_proof
from iiml_codegen.worker.profile import profile
from iiml_codegen.worker.shadows import cache_key, shadows
from iiml_codegen.worker.task import LongForm, task_from

FILE_KINDS = ("file_names", "class_folders", "paired_files", "text_folders")


def plan_for(kind: str) -> dict[str, Any]:
    strategy, column = ("forward", "date") if kind == "panel" else ("random", None)
    return {"strategy": strategy, "folds": 3, "column": column, "seed": 5}


def build(made: Competition, cache: Path, kind: str, **more: Any) -> dict[str, Any]:
    request = {"folder": str(made.folder), "task": made.task, "plan": plan_for(kind)}
    return shadows({**request, "out": str(cache), **more})


def files_in(folder: Path) -> dict[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def digests(folder: Path, names: list[str]) -> list[str]:
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names]


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_permuting_withheld_labels_leaves_every_file_of_the_shadow_alone(
    tmp_path: Path, kind: str
) -> None:
    made = write_layout(tmp_path / "real", kind)
    work = tmp_path / "work"
    assert permuted_label_proof(made.folder, made.task, plan_for(kind), 1, work) == []
    assert files_in(work / "permuted") != files_in(made.folder)


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_a_shadow_is_a_competition_of_the_same_layout(tmp_path: Path, kind: str) -> None:
    made = write_layout(tmp_path / "real", kind)
    task = task_from(made.task)
    real = find_layout(made.folder, task)
    target = real.labels()
    for fold in build(made, tmp_path / "cache", kind)["folds"]:
        shadow = find_layout(Path(fold["data"]), task)
        assert shadow.train_rows == fold["train_rows"]
        assert shadow.test_rows == fold["n_fold"] + real.test_rows
        assert shadow.labels().notna().all().all()
        kept = np.load(fold["rows"])[: shadow.train_rows]
        wanted = sorted(map(tuple, target.iloc[kept].astype(str).to_numpy()))
        assert sorted(map(tuple, shadow.labels().astype(str).to_numpy())) == wanted
        assert list(shadow.train().columns) == list(real.train().columns)
        assert list(shadow.test().columns) == list(real.test().columns)
        sample = pd.read_csv(Path(fold["data"]) / "sample_submission.csv", dtype=str)
        ids = shadow.test()[made.task["id_column"]].astype(str)
        assert sorted(sample[made.task["id_column"]]) == sorted(ids)


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_the_view_has_no_label_anywhere(tmp_path: Path, kind: str) -> None:
    made = write_layout(tmp_path / "real", kind)
    view = Path(build(made, tmp_path / "cache", kind)["view"])
    classes = {label for label in made.task["classes"] if label.isalpha()}
    for name, data in files_in(view).items():
        assert not classes & set(name.replace("/", ".").split("."))
        if name.endswith(".csv") and name != "sample_submission.csv":
            header = data.split(b"\n")[0].decode().split(",")
            assert not {*made.task["targets"], "status"} & set(header)
    assert not list(view.rglob("*.json"))


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_files_are_renamed_and_the_withheld_ones_are_listed_first(
    tmp_path: Path, kind: str
) -> None:
    made = write_layout(tmp_path / "real", kind)
    built = build(made, tmp_path / "cache", kind)
    task = task_from(made.task)
    real = find_layout(made.folder, task)
    both = [*real.train()[FILE_COLUMN], *real.test()[FILE_COLUMN]]
    whole = digests(made.folder, both)
    for fold in built["folds"]:
        data = Path(fold["data"])
        suffix = task.layout.train_files.suffixes[0] if task.layout.train_files else ""
        listed = [
            path
            for side in ("train", "test")
            for path in sorted(p for p in files_in(data / side) if p.endswith(suffix))
            for path in [f"{side}/{path}"]
        ]
        rows = np.load(fold["rows"])
        assert digests(data, listed) == [whole[row] for row in rows]
        withheld = rows[fold["train_rows"] : fold["train_rows"] + fold["n_fold"]]
        assert withheld.tolist() == np.load(fold["fold_rows"]).tolist()
        same = [
            PurePosixPath(path).stem == PurePosixPath(both[row]).stem
            for path, row in zip(listed, rows, strict=True)
        ]
        assert np.mean(same) < 0.3
        assert np.load(fold["valid"]).max() < fold["train_rows"]


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_real_rows_follow_the_paths_of_the_real_folder(tmp_path: Path, kind: str) -> None:
    made = write_layout(tmp_path / "real", kind)
    built = build(made, tmp_path / "cache", kind)
    real = find_layout(made.folder, task_from(made.task))
    rows = np.load(built["real_rows"])
    train, test = real.train()[FILE_COLUMN], real.test()[FILE_COLUMN]
    assert train.iloc[rows[: len(train)]].tolist() == sorted(train)
    assert test.iloc[rows[len(train) :] - len(train)].tolist() == sorted(test)


def test_media_move_to_the_test_under_new_names_and_nobody_elses_come_along(
    tmp_path: Path,
) -> None:
    made = write_layout(tmp_path / "real", "files_by_id")
    (made.folder / "audio" / "train" / "nobody.wav").write_bytes(b"RIFF")
    fold = build(made, tmp_path / "cache", "files_by_id")["folds"][0]
    data = Path(fold["data"])
    real = pd.read_csv(made.folder / "train.csv")
    test = pd.read_csv(data / "test.csv")
    withheld = np.load(fold["fold_rows"])
    moved = digests(data, [f"audio/test/{name}" for name in test["clip"][: len(withheld)]])
    assert moved == digests(made.folder, [f"audio/train/{n}" for n in real["clip"].iloc[withheld]])
    assert len(list((data / "audio" / "test").iterdir())) == len(test)
    assert len(list((data / "audio" / "train").iterdir())) == fold["train_rows"]
    assert all(name.startswith("clip_") and name.endswith(".wav") for name in test["clip"])
    assert np.mean(test["clip"].isin(real["clip"])) < 0.9


def test_ids_that_both_sides_use_name_different_files(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "nested_files")
    fold = build(made, tmp_path / "cache", "nested_files")["folds"][0]
    data, count = Path(fold["data"]), fold["n_fold"]
    test = pd.read_csv(data / "test.csv")
    assert test["id"].is_unique
    real = pd.read_csv(made.folder / "test.csv")
    found = digests(data, [f"test/{name}/geometry.xyz" for name in test["id"][count:]])
    assert found == digests(made.folder, [f"test/{name}/geometry.xyz" for name in real["id"]])


def test_hidden_cells_of_withheld_rows_are_empty_as_those_of_the_test_are(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "related_tables")
    fold = build(made, tmp_path / "cache", "related_tables")["folds"][0]
    data = Path(fold["data"])
    payments, test = pd.read_csv(data / "payments.csv"), pd.read_csv(data / "customers_test.csv")
    train = pd.read_csv(data / "customers_train.csv")
    assert payments.loc[payments["customer"].isin(test["customer"]), "status"].isna().all()
    assert payments.loc[payments["customer"].isin(train["customer"]), "status"].notna().all()
    assert len(payments) == len(pd.read_csv(made.folder / "payments.csv"))
    assert (data / "towns.csv").read_bytes() == (made.folder / "towns.csv").read_bytes()


def test_a_table_of_training_rows_alone_knows_none_that_are_withheld(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "related_tables")
    built = build(made, tmp_path / "cache", "related_tables")
    for fold in built["folds"]:
        data = Path(fold["data"])
        train, reminders = (pd.read_csv(data / f) for f in ("customers_train.csv", "reminders.csv"))
        assert set(reminders["customer"]) == set(train["customer"])
        told = reminders.merge(train, on="customer")
        assert ((told["way"] == "by a lawyer") == (told["default"] == 1)).all()
    assert list(pd.read_csv(Path(built["view"]) / "reminders.csv")) == ["customer"]
    joined = find_layout(made.folder, task_from(made.task)).train()
    assert "way" not in joined and "rent" in joined


def test_rows_of_withheld_customers_go_where_the_test_has_none(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "related_tables")
    payments = pd.read_csv(made.folder / "payments.csv")
    test = pd.read_csv(made.folder / "customers_test.csv")
    payments = payments[~payments["customer"].isin(test["customer"])]
    payments.to_csv(made.folder / "payments.csv", index=False)
    built = build(made, tmp_path / "cache", "related_tables")
    data = Path(built["folds"][0]["data"])
    train = pd.read_csv(data / "customers_train.csv")
    left = pd.read_csv(data / "payments.csv")
    assert set(left["customer"]) <= set(train["customer"]) and len(left)
    assert len(pd.read_csv(Path(built["view"]) / "payments.csv")) == 0


def test_folds_of_a_panel_reach_as_far_as_its_test(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "panel", rows=600)
    horizon = made.task["layout"]["panel"]["horizon"]
    dates = pd.to_datetime(pd.read_csv(made.folder / "train.csv")["date"])
    folds = build(made, tmp_path / "cache", "panel")["folds"]
    for fold in folds:
        withheld = dates.iloc[np.load(fold["fold_rows"])]
        kept = dates.iloc[np.load(fold["rows"])[: fold["train_rows"]]]
        assert (withheld.max() - kept.max()).days == horizon
        assert withheld.min() > kept.max()
    assert dates.iloc[np.load(folds[-1]["fold_rows"])].max() == dates.max()


def test_frames_have_joined_columns_and_contents_of_texts(tmp_path: Path) -> None:
    listed = write_layout(tmp_path / "listed", "one_features_table")
    layout = find_layout(listed.folder, task_from(listed.task))
    features = pd.read_csv(listed.folder / "features.csv").set_index("id")
    for frame in (layout.train(), layout.test()):
        wanted = features.loc[frame["id"].astype(int), "bmi"].to_numpy()
        assert frame["bmi"].to_numpy() == pytest.approx(wanted)
    assert "progress" not in layout.test() and "progress" in layout.train()
    letters = write_layout(tmp_path / "letters", "documents")
    texts = find_layout(letters.folder, task_from(letters.task)).test()["file_text"]
    assert texts.str.startswith("To all of you").all()


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_the_profile_reads_rows_through_the_layout(tmp_path: Path, kind: str) -> None:
    made = write_layout(tmp_path / "real", kind)
    found = profile({"folder": str(made.folder), "task": made.task, "seed": 0})
    assert found["test_rows"] == len(made.answers)
    assert FILE_COLUMN not in {column["name"] for column in found["columns"]}


@pytest.mark.parametrize("kind", ["file_names", "files_by_id"])
def test_links_in_the_folder_are_followed_and_none_is_made(tmp_path: Path, kind: str) -> None:
    made = write_layout(tmp_path / "far" / "real", kind)
    folder = tmp_path / "near"
    folder.mkdir()
    for path in made.folder.iterdir():
        (folder / path.name).symlink_to(path, target_is_directory=path.is_dir())
    request = {"folder": str(folder), "task": made.task, "plan": plan_for(kind)}
    linked = shadows({**request, "out": str(tmp_path / "one")})
    plain = build(made, tmp_path / "two", kind)
    for one, other in zip(linked["folds"], plain["folds"], strict=True):
        assert files_in(Path(one["data"])) == files_in(Path(other["data"]))
        assert not any(path.is_symlink() for path in Path(one["data"]).rglob("*"))


def test_files_are_copied_where_they_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write_layout(tmp_path / "real", "file_names")
    linked = build(made, tmp_path / "one", "file_names")["folds"][0]["data"]
    some = next(Path(linked, "test").iterdir())
    assert some.stat().st_nlink > 1

    def refuse(*_: object) -> None:
        raise OSError("another disk")

    monkeypatch.setattr(os, "link", refuse)
    copied = build(made, tmp_path / "two", "file_names")["folds"][0]["data"]
    assert files_in(Path(copied)) == files_in(Path(linked))
    assert next(Path(copied, "test").iterdir()).stat().st_nlink == 1


def test_a_changed_file_in_a_folder_changes_the_key(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "files_by_id")
    before = cache_key(made.folder, {})
    some = next((made.folder / "audio" / "train").iterdir())
    some.write_bytes(some.read_bytes() + b"more")
    after = cache_key(made.folder, {})
    assert before != after
    some.rename(some.with_name("other.wav"))
    assert cache_key(made.folder, {}) not in (before, after)


def test_a_folder_that_no_row_refers_to_comes_only_if_its_names_tell_no_label(
    tmp_path: Path,
) -> None:
    made = write_layout(tmp_path / "real", "file_names")
    for name in ("maps/river.dat", "more/cat.99.png", "more/plain.png"):
        (made.folder / name).parent.mkdir(exist_ok=True)
        (made.folder / name).write_bytes(b"1")
    data = Path(build(made, tmp_path / "cache", "file_names")["folds"][0]["data"])
    assert (data / "maps" / "river.dat").is_file() and not (data / "more").exists()


def test_a_label_in_a_file_that_is_not_told_apart_is_seen_by_the_proof(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "files_by_id")
    train = pd.read_csv(made.folder / "train.csv")
    train["room"] = train["high"]
    train.to_csv(made.folder / "train.csv", index=False)
    task = {**made.task, "targets": ["room"], "train_only_columns": ["high"]}
    changed = permuted_label_proof(made.folder, task, plan_for("files_by_id"), 0, tmp_path / "work")
    assert "shadows/0/data/test.csv" in changed


def test_no_sample_means_none_in_the_shadow(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "class_folders")
    (made.folder / "sample_submission.csv").unlink()
    submission = {**made.task["submission"], "file": ""}
    made = Competition(made.folder, made.answers, {**made.task, "submission": submission})
    data = Path(build(made, tmp_path / "cache", "class_folders")["folds"][0]["data"])
    assert sorted(path.name for path in data.iterdir()) == ["description.md", "test", "train"]


def test_the_sample_of_a_shadow_follows_a_long_form(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "one_features_table")
    long = LongForm(names=("1", "2"), factor=10)
    sample = pd.read_csv(made.folder / "sample_submission.csv", dtype=str)
    ids = long_ids(sample["id"].tolist(), long)
    pd.DataFrame({"id": ids, "progress": 0}).to_csv(
        made.folder / "sample_submission.csv", index=False
    )
    plain = {"names": ["1", "2"], "factor": 10}
    submission = {**made.task["submission"], "long": plain}
    made = Competition(made.folder, made.answers, {**made.task, "submission": submission})
    real = find_layout(made.folder, task_from(made.task))
    assert real.test()["id"].astype(str).tolist() == sample["id"].tolist()
    fold = build(made, tmp_path / "cache", "one_features_table")["folds"][0]
    written = pd.read_csv(Path(fold["data"]) / "sample_submission.csv", dtype=str)["id"].tolist()
    assert len(written) == 2 * (fold["n_fold"] + len(sample))
    assert row_ids(written, long) == [one[:-1] for one in written[::2]]


@pytest.mark.parametrize(
    "form",
    [
        LongForm(names=("a", "b")),
        LongForm(names=("a", "b"), by_target=True),
        LongForm(names=("a", "b"), template="{target}/{id}"),
        LongForm(names=("3", "4"), factor=100),
    ],
)
def test_long_ids_read_back_as_the_ids_of_rows(form: LongForm) -> None:
    ids = ["7", "12", "900"]
    assert row_ids(long_ids(ids, form), form) == ids


def test_folders_that_cannot_be_told_apart_are_refused_with_a_way_out(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "file_names")
    layout = {**made.task["layout"], "test_files": made.task["layout"]["train_files"]}
    with pytest.raises(DataError, match="same folder train") as caught:
        find_layout(made.folder, task_from({**made.task, "layout": layout}))
    assert caught.value.code == "IIML902"
    shutil.rmtree(made.folder / "train")
    with pytest.raises(DataError, match="train is no folder"):
        find_layout(made.folder, task_from(made.task))


def test_a_new_name_keeps_folder_and_suffix() -> None:
    assert recast("a/b/clip_1.wav", "x", True) == "a/b/x.wav"
    assert recast("clip.1", "x", False) == "x"
    assert recast("speech.v2", "x", True) == "x.v2"


def test_files_without_an_answer_are_left_out_where_the_task_says_so(tmp_path: Path) -> None:
    made = write_layout(tmp_path / "real", "paired_files")
    partners = sorted((made.folder / "train").glob("*.json"))
    for partner in partners[:7]:
        partner.unlink()
    layout = {**made.task["layout"], "drop_unlabelled": True}
    task = {**made.task, "layout": layout}
    found = find_layout(made.folder, task_from(task))
    assert found.train_rows == len(partners) - 7 == len(found.train())
    assert found.labels().notna().all().all()
    made = Competition(made.folder, made.answers, task)
    built = build(made, tmp_path / "cache", "paired_files")
    view = Path(built["view"]) / "train"
    assert len(list(view.iterdir())) == built["train_rows"] == found.train_rows
