"""Each modality through its layout: shadows hold no label, and a pipeline beats the constant.

A competition is made, planned as a solve plans it, proved (permuted labels change no byte of the
shadow), and one member's pipeline answers the real test.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from competitions.answering import alone, answered, wrong
from competitions.modalities import MODALITIES
from competitions.modality_media import several_pictures_of_one
from competitions.odd_road import Planned, walk
from competitions.pipelines import run_pipeline

MEMBERS: dict[str, tuple[str, float]] = {
    "one_series": ("series_boosted", 0.9),
    "panel": ("series_boosted", 0.3),
    "panel_named_by_date": ("series_naive", 0.4),
    "wide": ("series_boosted", 0.3),
    "wide_by_key": ("series_naive", 0.4),
    "wide_by_number": ("series_naive", 0.4),
    "wide_ahead": ("series_boosted", 0.4),
    "questions": ("pair_boosted", 0.6),
    "entailment": ("pair_boosted", 0.5),
    "several_media": ("linear", 0.7),
    "several_pictures": ("lightgbm", 0.5),
    "file_of_series": ("linear", 0.4),
    "file_of_json": ("linear", 0.3),
    "picture_to_picture": ("pixels_boosted", 0.5),
    "masks": ("masks_linear", 0.5),
    "broken_media": ("lightgbm", 0.6),
    "rewritten_texts": ("rewriting_pieces", 0.1),
    "pieces_of_texts": ("piece_linear", 0.3),
    "labels_in_a_cell": ("linear", 0.9),
    "cells_and_columns": ("linear", 0.75),
    "two_tables": ("linear", 0.3),
    "lines_of_labels": ("linear", 0.9),
    "several_targets": ("linear", 0.3),
    "mostly_zeros": ("linear", 0.98),
    "numbers_in_cells": ("lightgbm", 0.6),
    "classes_in_cells": ("lightgbm", 0.3),
    "pictures_in_columns": ("kernel", 0.4),
    "pictures_in_cells": ("kernel", 0.4),
    "colours_in_columns": ("linear", 0.5),
}
"""The member that answers, and how much of the constant's error may be left."""


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_a_modality_is_read_proved_and_answered_better_than_by_a_constant(
    name: str, tmp_path: Path
) -> None:
    made = MODALITIES[name](tmp_path / "made", 0)
    planned = walk(made.folder, tmp_path / "work")
    assert isinstance(planned, Planned), planned
    assert planned.changed == ()
    member, share = MEMBERS[name]
    assert member in [one.name for one in planned.blueprint.members]
    given = answered(planned.blueprint, planned.task, made.folder, tmp_path / "run", (member,))
    assert wrong(planned.task, planned.folder, given) == []
    key = made.answers.columns[0]
    submission = pd.read_csv(given, dtype={key: made.answers[key].dtype})
    assert list(submission.columns) == list(made.answers.columns)
    assert made.error(submission) < share * made.error(made.plain)


def test_files_called_by_padded_numbers_belong_to_their_rows(tmp_path: Path) -> None:
    made = several_pictures_of_one(tmp_path / "made", 0)
    for table in made.folder.glob("*.csv"):
        table.write_text(re.sub(r"^x", "", table.read_text(), flags=re.M))
    for picture in sorted((made.folder / "images").iterdir()):
        picture.rename(picture.with_name(picture.name[1:]))
    planned = walk(made.folder, tmp_path / "work")
    assert isinstance(planned, Planned), planned
    assert [media.train for media in planned.task.layout.media] == ["images/{}.png"]
    assert not any("no file" in note for note in planned.blueprint.notes)
    given = answered(planned.blueprint, planned.task, made.folder, tmp_path / "run", ("lightgbm",))
    assert wrong(planned.task, planned.folder, given) == []
    submission = pd.read_csv(given, dtype={"id": str}).assign(id=lambda rows: "x" + rows["id"])
    assert made.error(submission) < 0.6 * made.error(made.plain)


def test_broken_and_missing_files_are_counted_and_said(tmp_path: Path) -> None:
    made = MODALITIES["broken_media"](tmp_path / "made", 0)
    planned = walk(made.folder, tmp_path / "work")
    assert isinstance(planned, Planned), planned
    notes = " ".join(planned.blueprint.notes)
    assert "of train rows have no file images/{}.png" in notes
    assert "of train rows have a broken file; images/" in notes


@pytest.mark.parametrize(
    ("name", "member", "gone"),
    [
        ("picture_to_picture", "pixels_linear", ("train", "train_cleaned")),
        ("masks", "masks_linear", ("train", "train.csv")),
        ("labels_in_a_cell", "linear", ("train.csv",)),
        ("lines_of_labels", "linear", ("data/labels_test_hidden.txt",)),
        ("two_tables", "linear", ("train_clean.csv", "train_web.csv", "train_clean", "train_web")),
        ("rewritten_texts", "rewriting_pieces", ("train.csv",)),
        ("pieces_of_texts", "piece_linear", ("train.csv",)),
        ("wide", "series_naive", ()),
        ("numbers_in_cells", "linear", ()),
        ("pictures_in_columns", "linear", ("train.csv",)),
    ],
)
def test_a_saved_pipeline_answers_again_without_what_it_learned_from(
    name: str, member: str, gone: tuple[str, ...], tmp_path: Path
) -> None:
    made = MODALITIES[name](tmp_path / "made", 0)
    planned = walk(made.folder, tmp_path / "work")
    assert isinstance(planned, Planned), planned
    chosen = planned.blueprint.member(member)
    script = alone(planned.blueprint, planned.task, chosen, tmp_path / "run" / "best.py")
    first, again, kept = (tmp_path / part for part in ("first.csv", "again.csv", "kept"))
    saved = run_pipeline(script, "--data-dir", made.folder, "--out", first, "--save", kept)
    assert saved.returncode == 0, saved.stderr
    for part in gone:
        place = made.folder / part
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    loaded = run_pipeline(script, "--data-dir", made.folder, "--out", again, "--load", kept)
    assert loaded.returncode == 0, loaded.stderr
    assert again.read_bytes() == first.read_bytes()
