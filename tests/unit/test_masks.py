"""Masks of pictures as answers: run lengths, cuts that are fitted, scores by picture, checks."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import get_args

import msgspec
import numpy as np
import pandas as pd
import pytest
from competitions.modalities import MODALITIES
from competitions.modality_masks import run_lengths
from competitions.odd_road import Refused, walk
from PIL import Image

from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.metric import find_metrics
from iiml_codegen.domain.task import Answer, TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.errors import CompetitionError
from iiml_codegen.planning.task_analyzer import ExpertTaskAnalyzer
from iiml_codegen.report_words import ANSWERS
from iiml_codegen.worker.decisions import apply_decision, fit_decision
from iiml_codegen.worker.diagnosis import diagnose
from iiml_codegen.worker.inventory import inventory
from iiml_codegen.worker.layouts.picture_masks import mask_of
from iiml_codegen.worker.mask_cells import mask_from, wrong_runs
from iiml_codegen.worker.masks import guesses, truths
from iiml_codegen.worker.plan import MaskRuns
from iiml_codegen.worker.predictions import Aim
from iiml_codegen.worker.scoring import constant_score, score
from iiml_codegen.worker.submission_check import check_submission
from workspace_templates.recipes.pixels import masks_of_partners, read_mask
from workspace_templates.submissions import run_lengths as writer

DICE = Aim("mean_dice", "binary", 2, 0)
SQUARE = np.array([[0, 1, 0], [1, 1, 0]], dtype=bool)


@pytest.mark.parametrize(
    ("down", "first", "cell"),
    [(True, 1, "2 3"), (False, 1, "2 1 4 2"), (True, 0, "1 3"), (False, 0, "1 1 3 2")],
)
def test_a_mask_is_written_as_it_is_read(
    down: bool, first: int, cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "RUNS_DOWN", down)
    monkeypatch.setattr(writer, "FIRST_PIXEL", first)
    assert writer.mask_cell(SQUARE) == cell
    read = mask_from(cell, (2, 3), MaskRuns(down, first))
    assert read is not None and (read == SQUARE).all()


def test_a_mask_smaller_than_the_least_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "NO_MASK", "-1")
    monkeypatch.setattr(writer, "LEAST_PIXELS", 3)
    assert writer.mask_cell(SQUARE) == "2 3"
    monkeypatch.setattr(writer, "LEAST_PIXELS", 4)
    assert writer.mask_cell(SQUARE) == "-1"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1 6", ""),
        ("1 2 3 1", ""),
        ("1 7", "IIML607"),
        ("0 1", "IIML607"),
        ("3 1 1 1", "IIML607"),
        ("1 3 3 1", "IIML607"),
        ("1 0", "IIML607"),
        ("1 2 3", "IIML605"),
        ("one 2", "IIML605"),
    ],
)
def test_runs_lie_in_the_picture_sorted_and_apart(cell: str, code: str) -> None:
    wrong = wrong_runs(cell, (2, 3), MaskRuns())
    assert (wrong[0] if wrong else "") == code


def test_pixels_of_several_sizes_become_pictures() -> None:
    labels = np.array([[1, 0], [0, 0], [1, 1], [0, 1], [1, 1]], dtype=float)
    assert truths(labels).tolist() == [[1, 0, -1], [1, 0, 1]]
    raw = np.array([0.9, 0.1, 0.8, 0.2, 0.7])
    assert guesses(raw, labels).tolist() == [[0.9, 0.1, 0.0], [0.8, 0.2, 0.7]]


def test_stray_pixels_of_empty_pictures_are_cut_off() -> None:
    rng = np.random.default_rng(0)
    y = np.zeros((80, 100))
    y[::2, :40] = 1
    raw = 0.35 * y + rng.uniform(0, 0.3, y.shape)
    raw[1::2, :3] = 0.9
    fitted = fit_decision(DICE, raw, y)
    assert 3 < fitted["least"][0] <= 40
    assert fitted["threshold"][0] <= 0.4
    answers = apply_decision(DICE, raw, fitted)
    assert DICE.measure.value(y, answers) > 0.95
    assert DICE.measure.value(y, (raw >= 0.5).astype(float)) < 0.6


def test_scores_count_pictures(tmp_path: Path) -> None:
    pictures = np.repeat(np.arange(40), 6)
    y = np.where(pictures % 2 == 0, np.tile([0, 1], 120), 0).astype(float)
    np.save(tmp_path / "target.npy", y)
    np.save(tmp_path / "pictures.npy", pictures)
    folds = []
    for number in (0, 1):
        rows = np.flatnonzero(pictures // 2 % 2 == number)
        np.save(tmp_path / f"rows{number}.npy", rows)
        np.save(tmp_path / f"raw{number}.npy", np.concatenate([y[rows] * 0.9, np.zeros(7)]))
        files = {"raw": f"raw{number}.npy", "fold_rows": f"rows{number}.npy"}
        folds.append({name: str(tmp_path / file) for name, file in files.items()})
    asked = {"labels": {"file": str(tmp_path / "target.npy")}, "kind": "binary", "classes": 2}
    found = score({**asked, "metric": "mean_dice", "folds": folds, "seed": 0})
    assert (found["value"], found["rows"], found["folds"]) == (1.0, 40, [1.0, 1.0])
    plain = constant_score({**asked, "metric": "mean_dice", "seed": 0})
    assert plain["value"] == 0.5
    assert plain["fitted"] == {"constant": [0.0]}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Evaluated on the mean Dice coefficient.", "mean_dice"),
        ("The metric is mean IoU over images.", "mean_iou"),
        (
            "This competition is evaluated on the mean average precision at different"
            " intersection over union (IoU) thresholds.",
            "precision_at_ious",
        ),
    ],
)
def test_metrics_on_masks_are_found_in_descriptions(text: str, name: str) -> None:
    assert name in [match.name for match in find_metrics(text)][:2]


@pytest.mark.parametrize(("mode", "light"), [("L", 255), ("L", 1), ("I;16", 65535)])
def test_a_mask_is_read_whatever_its_light_is(mode: str, light: int, tmp_path: Path) -> None:
    kind = np.uint16 if mode == "I;16" else np.uint8
    for name, mask in (("a", SQUARE), ("b", np.zeros_like(SQUARE))):
        Image.fromarray((mask * light).astype(kind)).save(tmp_path / f"{name}.png")
        assert (mask_of(tmp_path / f"{name}.png") == mask).all()
        assert (read_mask(tmp_path / f"{name}.png") == mask).all()


def test_masks_are_partners_by_name_but_for_the_suffix(tmp_path: Path) -> None:
    for folder, suffix in (("shown", ".jpg"), ("masks", ".png")):
        (tmp_path / folder).mkdir()
        Image.fromarray(SQUARE.astype(np.uint8) * 255).save(tmp_path / folder / f"a{suffix}")
    told = masks_of_partners(tmp_path, "shown", (".jpg", ".png"), "masks")
    assert told.tolist() == [0, 1, 0, 1, 1, 0]


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Inventory]:
    folder = tmp_path_factory.mktemp("lakes")
    MODALITIES["masks"](folder, 0)
    return folder, msgspec.convert(inventory({"folder": str(folder)}), Inventory)


def test_a_folder_of_masks_makes_a_task_of_masks(lakes: tuple[Path, Inventory]) -> None:
    task = ExpertTaskAnalyzer().analyse(lakes[1])
    assert (task.layout.kind, task.kind, task.metric) == ("picture_masks", "binary", "mean_dice")
    assert task.submission.answer == "mask"
    assert task.layout.masks is not None and task.layout.pixels is not None
    assert (task.layout.masks.down, task.layout.masks.first) == (True, 1)
    assert task.layout.pixels.answers == "train/masks"
    with pytest.raises(CompetitionError, match="judges no masks"):
        ExpertTaskAnalyzer().analyse(lakes[1], metric="f1")


def test_a_report_has_words_for_every_answer() -> None:
    assert set(ANSWERS) == set(get_args(Answer))


def test_errors_of_masks_are_counted_by_pixel(tmp_path: Path) -> None:
    pictures = np.repeat(np.arange(20), [4, 6] * 10)
    y = (np.arange(len(pictures)) % 2).astype(float)
    rows = np.arange(len(y))
    arrays = {"target": y, "pictures": pictures, "raw": 0.1 + 0.8 * y, "rows": rows}
    for name, values in arrays.items():
        np.save(tmp_path / f"{name}.npy", values)
    fold = {"raw": str(tmp_path / "raw.npy"), "fold_rows": str(tmp_path / "rows.npy")}
    told = diagnose(
        {
            "labels": {"file": str(tmp_path / "target.npy")},
            "metric": "mean_iou",
            "kind": "binary",
            "classes": 2,
            "candidates": [{"id": "a", "folds": [fold]}],
            "names": ["0", "1"],
        }
    )
    assert told["rows"] == 20
    assert np.asarray(told["confusion"]["counts"]).tolist() == [[50, 0], [0, 50]]


def test_how_pixels_are_counted_is_read_off_train(tmp_path: Path) -> None:
    made = MODALITIES["masks"](tmp_path, 0)
    table = pd.read_csv(tmp_path / "train.csv", dtype=str)
    cells = []
    for name in table["id"]:
        mask = mask_of(tmp_path / "train/masks" / f"{name}.png")
        cells.append(run_lengths(mask.T, first=0))
    table.assign(rle=cells).to_csv(tmp_path / "train.csv", index=False)
    found = msgspec.convert(inventory({"folder": str(made.folder)}), Inventory)
    assert [(one.down, one.first) for one in found.masks] == [(False, 0)]


def test_run_lengths_without_pictures_of_masks_are_refused(tmp_path: Path) -> None:
    made = MODALITIES["masks"](tmp_path / "made", 0)
    for path in (made.folder / "train/masks").iterdir():
        path.unlink()
    refused = walk(made.folder, tmp_path / "work")
    assert isinstance(refused, Refused)
    assert (refused.code, "mask pictures" in refused.message) == ("IIML902", True)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({}, ""),
        ({"014": "1 9999"}, "IIML607"),
        ({"014": "5 2 5 2"}, "IIML607"),
        ({"014": "lake"}, "IIML605"),
    ],
)
def test_a_submission_of_masks_is_checked(
    cells: dict[str, str], code: str, lakes: tuple[Path, Inventory], tmp_path: Path
) -> None:
    folder, found = lakes
    task: TaskSummary = ExpertTaskAnalyzer().analyse(found)
    sample = pd.read_csv(folder / "sample_submission.csv", dtype=str)
    given = {"014": "2 3", "015": "", **cells}
    sample["rle"] = [given.get(name, "1 1") for name in sample["id"]]
    sample.to_csv(tmp_path / "submission.csv", index=False)
    file = str(tmp_path / "submission.csv")
    asked = {"folder": str(folder), "task": to_plain(task), "submission": file}
    violations = check_submission(asked)["violations"]
    assert [one["code"] for one in violations] == ([code] if code else [])


@pytest.mark.parametrize("name", ["masks_linear_classifier", "masks_boosted_classifier"])
def test_models_of_pixels_find_regions(name: str) -> None:
    module = importlib.import_module(f"workspace_templates.models.{name}")
    X, y = regions(8)
    train = X["picture"].to_numpy() < 6
    found = module.predict(module.fit(X[train], y[train]), X[~train])
    assert ((found >= 0) & (found <= 1)).all()
    assert ((found > 0.5) == y[~train]).mean() > 0.9


def test_a_unet_finds_regions_in_pictures_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    module = importlib.import_module("workspace_templates.models.masks_unet_classifier")
    for name, value in (("SIDE", 16), ("FEWEST_TILES", 60), ("WIDTHS", [4, 8]), ("EPOCHS", 8)):
        monkeypatch.setattr(module, name, value)
    X, y = regions(8)
    train = X["picture"].to_numpy() < 6
    model = module.fit(X[train], y[train], valid=(X[~train], y[~train]), seed=1)
    found = module.predict(model, X[~train])
    assert ((found >= 0) & (found <= 1)).all()
    assert ((found > 0.5) == y[~train]).mean() > 0.9
    again = module.fit(X[train], y[train], valid=(X[~train], y[~train]), seed=1)
    assert module.predict(again, X[~train]).tobytes() == found.tobytes()


def regions(count: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Light regions on dark ground in pictures of two sizes, and where they are."""
    pages, masks = [], []
    for number in range(count):
        size = ((20, 26), (18, 17))[number % 2]
        rng = np.random.default_rng(number)
        row, column = np.indices(size)
        middle = rng.uniform(0.3, 0.7, 2) * size
        mask = np.hypot(row - middle[0], column - middle[1]) < 6
        shade = (0.3 + 0.35 * mask + rng.normal(0, 0.1, size)).clip(0, 1).astype("float32")
        where = {"picture": number, "row": row.ravel(), "column": column.ravel()}
        pages.append(pd.DataFrame({**where, "shade": shade.ravel()}))
        masks.append(mask.ravel().astype(float))
    return pd.concat(pages, ignore_index=True), np.concatenate(masks)
