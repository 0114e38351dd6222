"""Networks for texts, pictures and sounds: they learn, repeat themselves, and survive bad files."""

import importlib
import pickle
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions.media import write_picture, write_tone

MEDIA = ("text", "picture", "sound")
ROWS, TRAINED = 60, 48
QUICK: dict[str, dict[str, Any]] = {
    "text": {"WORDS": 16, "EPOCHS": 6, "RATE": 0.1, "BATCH": 8},
    "picture": {"SIDE": 16, "EPOCHS": 10, "WIDTHS": [8, 16], "BATCH": 8, "RATE": 0.01},
    "sound": {"FRAMES": 16, "EPOCHS": 16, "WIDTHS": [8, 16], "BATCH": 8, "RATE": 0.01},
}


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.Series]:
    """Rows of each medium whose label is the parity of their place."""
    folder, rng = tmp_path_factory.mktemp("media"), np.random.default_rng(0)
    places: dict[str, list[str]] = {"text": [], "picture": [], "sound": []}
    for row in range(ROWS):
        label, picture, sound = row % 2, folder / f"{row}.png", folder / f"{row}.wav"
        write_picture(picture, label, rng)
        write_tone(sound, (700, 1400)[label], rng)
        words = rng.choice(["rain", "fog", "wind", ("sunny", "snowy")[label]], 12)
        places["text"].append(" ".join(words))
        places["picture"].append(str(picture))
        places["sound"].append(str(sound))
    return {medium: pd.Series(rows) for medium, rows in places.items()}


def template(medium: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A template with constants for few small rows."""
    module = importlib.import_module(f"workspace_templates.models.{medium}_network_{kind}")
    for name, value in QUICK[medium].items():
        monkeypatch.setattr(module, name, value)
    return module


def fitted(module: ModuleType, X: np.ndarray, y: np.ndarray, **asked: Any) -> Any:
    """A model of the first rows that watches the others."""
    return module.fit(X[:TRAINED], y[:TRAINED], valid=(X[TRAINED:], y[TRAINED:]), **asked)


@pytest.mark.parametrize("medium", MEDIA)
def test_a_classifier_learns_and_repeats_itself_byte_by_byte(
    medium: str, media: dict[str, pd.Series], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, y = template(medium, "classifier", monkeypatch), np.arange(ROWS) % 2
    X = module.encode(media[medium])
    model = fitted(module, X, y, seed=3)
    raw = module.predict(model, X[TRAINED:])
    assert raw.shape == (ROWS - TRAINED,) and ((raw > 0.5) == y[TRAINED:]).mean() > 0.8
    again = pickle.loads(pickle.dumps(fitted(module, X, y, seed=3)))
    assert module.predict(again, X[TRAINED:]).tobytes() == raw.tobytes()
    assert again.rounds == model.rounds <= module.EPOCHS


@pytest.mark.parametrize("medium", MEDIA)
def test_numbers_and_labels_are_learned_too(
    medium: str, media: dict[str, pd.Series], monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = np.arange(ROWS) % 2
    regressor = template(medium, "regressor", monkeypatch)
    X, y = regressor.encode(media[medium]), 100.0 + 10.0 * odd
    guessed = regressor.predict(fitted(regressor, X, y), X[TRAINED:])
    assert np.abs(guessed - y[TRAINED:]).mean() < 4.0
    both = np.column_stack([y, -y])
    assert regressor.predict(regressor.fit(X, both, rounds=1), X[:5]).shape == (5, 2)
    labels = np.column_stack([odd, 1 - odd])
    module = template(medium, "multilabel", monkeypatch)
    told = module.predict(fitted(module, X, labels), X[TRAINED:])
    assert ((told > 0.5) == labels[TRAINED:]).mean() > 0.8


@pytest.mark.parametrize("medium", MEDIA)
def test_a_row_is_encoded_by_itself(
    medium: str, media: dict[str, pd.Series], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = template(medium, "classifier", monkeypatch)
    whole = module.encode(media[medium])
    assert whole[7:9].tobytes() == module.encode(media[medium].iloc[7:9]).tobytes()
    assert len(module.encode(media[medium].iloc[:0])) == 0


@pytest.mark.parametrize("medium", ["picture", "sound"])
def test_files_that_cannot_be_read_are_counted_and_survived(
    medium: str,
    media: dict[str, pd.Series],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cut = tmp_path / "cut"
    cut.write_bytes(Path(media[medium][0]).read_bytes()[:30])
    module = template(medium, "classifier", monkeypatch)
    rows = pd.Series([media[medium][0], str(cut), "", f"{media[medium][0]}|{cut}"])
    X = module.encode(rows)
    assert f"2 of 4 {medium}s cannot be read" in capsys.readouterr().out
    assert (X[1] == X[2]).all() and (X[0] == X[3]).all() and len(np.unique(X[1])) == 1
    model = module.fit(X, np.array([0, 1, 1, 0]), rounds=1)
    assert np.isfinite(module.predict(model, X)).all()


@pytest.mark.parametrize("medium", ["text", "picture"])
def test_a_fused_network_learns_from_the_medium_and_from_the_numbers(
    medium: str, media: dict[str, pd.Series], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module(f"workspace_templates.models.fused_{medium}_classifier")
    for name, value in (QUICK[medium] | {"CLASSES": 4, "EPOCHS": 16}).items():
        monkeypatch.setattr(module, name, value)
    shown, told = np.arange(ROWS) % 2, np.random.default_rng(1).integers(0, 2, ROWS)
    X, y = module.encode(media[medium]), 2 * shown + told
    design = pd.DataFrame({"told": 2.0 * told - 1.0}).astype("float32")
    valid = X[TRAINED:], y[TRAINED:], design.iloc[TRAINED:]
    model = module.fit(X[:TRAINED], y[:TRAINED], design.iloc[:TRAINED], valid=valid)
    raw = module.predict(model, X[TRAINED:], design.iloc[TRAINED:])
    assert (raw.argmax(axis=1) == y[TRAINED:]).mean() > 0.7
    numbers = importlib.import_module(f"workspace_templates.models.fused_{medium}_regressor")
    for name, value in QUICK[medium].items():
        monkeypatch.setattr(numbers, name, value)
    guessed = numbers.predict(numbers.fit(X, y, design, rounds=2), X, design)
    assert guessed.shape == (ROWS,) and np.isfinite(guessed).all()


def test_a_pair_network_reads_both_texts(
    media: dict[str, pd.Series], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("workspace_templates.models.pair_network_classifier")
    for name, value in QUICK["text"].items():
        monkeypatch.setattr(module, name, value)
    first = media["text"].iloc[::2].reset_index(drop=True)
    second = pd.concat([media["text"].iloc[:15], media["text"].iloc[45:]], ignore_index=True)
    X, y = module.encode(pd.DataFrame({"a": first, "b": second})), np.arange(30) % 2
    raw = module.predict(module.fit(X, y, rounds=6), X)
    assert raw.shape == (30,) and ((raw > 0.5) == y).mean() > 0.8


def test_a_longer_neighbour_changes_no_answer(
    media: dict[str, pd.Series], monkeypatch: pytest.MonkeyPatch
) -> None:
    module, y = template("text", "classifier", monkeypatch), np.arange(ROWS) % 2
    model = module.fit(module.encode(media["text"]), y, rounds=1)
    alone = module.predict(model, module.encode(pd.Series(["fog", ""])))
    beside = module.predict(model, module.encode(pd.Series(["fog", "", "rain " * 16])))
    np.testing.assert_allclose(alone, beside[:2], rtol=1e-5)


def test_a_unet_cleans_pictures_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("workspace_templates.models.unet_regressor")
    for name, value in (("SIDE", 16), ("TILES", 120), ("WIDTHS", [4, 8]), ("RATE", 0.02)):
        monkeypatch.setattr(module, name, value)
    pages, clean = [], []
    for number, size in enumerate([(18, 21), (12, 30), (20, 16), (17, 19)]):
        page = np.random.default_rng(number).choice([0.2, 0.9], size)
        row, column = np.indices(size)
        shade = (page * np.linspace(0.6, 1.0, size[1])).astype("float32")
        pixels = {"row": row.ravel(), "column": column.ravel(), "shade": shade.ravel()}
        pages.append(pd.DataFrame({"picture": number, **pixels}))
        clean.append(100.0 * page.ravel())
    X, y = pd.concat(pages[:3], ignore_index=True), np.concatenate(clean[:3])
    model = module.fit(X, y, valid=(pages[3], clean[3]), seed=1)
    guessed = module.predict(model, pages[3])
    assert guessed.shape == clean[3].shape
    assert np.sqrt(np.mean((guessed - clean[3]) ** 2)) < 0.5 * clean[3].std()
    again = module.fit(X, y, valid=(pages[3], clean[3]), seed=1)
    assert module.predict(again, pages[3]).tobytes() == guessed.tobytes()
