"""Sounds beside columns: one network hears and reads, and knows more than either tells."""

from __future__ import annotations

import importlib
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from competitions.media import write_tone
from competitions.modality import Made, written
from competitions.modality_media import RMSE
from competitions.networks import labels_that_leak, planned_networks, share_of_error

ROWS, TRAINED = 72, 56
QUICK: dict[str, Any] = {"FRAMES": 16, "WIDTHS": [8, 16], "BATCH": 8, "RATE": 0.01, "EPOCHS": 16}
TRAIN, TEST = 160, 40


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> pd.Series:
    """Low and high tones in turn."""
    folder, rng = tmp_path_factory.mktemp("tones"), np.random.default_rng(0)
    for row in range(ROWS):
        write_tone(folder / f"{row}.wav", (700, 1400)[row % 2], rng)
    return pd.Series([str(folder / f"{row}.wav") for row in range(ROWS)])


def template(kind: str, monkeypatch: pytest.MonkeyPatch, **constants: Any) -> Any:
    """A template with constants for few short sounds."""
    module = importlib.import_module(f"workspace_templates.models.fused_sound_{kind}")
    for name, value in (QUICK | constants).items():
        monkeypatch.setattr(module, name, value)
    return module


def test_classes_are_told_by_the_sound_and_the_numbers_together(
    tones: pd.Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = template("classifier", monkeypatch, CLASSES=4)
    heard, told = np.arange(ROWS) % 2, np.random.default_rng(1).integers(0, 2, ROWS)
    X, y = module.encode(tones), 2 * heard + told
    design = pd.DataFrame({"told": 2.0 * told - 1.0}).astype("float32")
    valid = X[TRAINED:], y[TRAINED:], design.iloc[TRAINED:]
    fits = [
        module.fit(X[:TRAINED], y[:TRAINED], design.iloc[:TRAINED], valid=valid, seed=3)
        for _ in range(2)
    ]
    first, same = (module.predict(model, X[TRAINED:], design.iloc[TRAINED:]) for model in fits)
    assert (first.argmax(axis=1) == y[TRAINED:]).mean() > 0.7, "either alone tells half of it"
    assert first.sum(axis=1) == pytest.approx(1)
    assert first.tobytes() == same.tobytes()
    again = pickle.loads(pickle.dumps(fits[0]))
    assert module.predict(again, X[TRAINED:], design.iloc[TRAINED:]).tobytes() == first.tobytes()


def test_several_numbers_are_answered_and_a_broken_sound_is_silence(
    tones: pd.Series, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = template("regressor", monkeypatch)
    files = tones.copy()
    files.iloc[3] = ""
    X = module.encode(files)
    assert "1 of 72 sounds cannot be read" in capsys.readouterr().out
    odd, told = np.arange(ROWS) % 2, np.linspace(-1, 1, ROWS)
    design = pd.DataFrame({"told": told}).astype("float32")
    y = np.column_stack([100.0 + 10 * odd + 5 * told, odd - told])
    model = module.fit(X, y, design, rounds=1)
    raw = module.predict(model, X, design)
    assert model.rounds == 1 and raw.shape == (ROWS, 2) and np.isfinite(raw).all()


def calls(folder: Path, seed: int) -> Made:
    """The weight of animals: their age tells half of its variance, the pitch of their call half."""
    rng = np.random.default_rng(seed)
    count = TRAIN + TEST
    folder.mkdir(parents=True)
    age, pitch = rng.uniform(0, 10, count), rng.random(count)
    frame = pd.DataFrame({"animal": [f"a{k:04d}" for k in rng.permutation(count)], "age": age})
    frame["weight"] = 2 * age + 20 * pitch + rng.normal(0, 0.5, count)
    for name, high in zip(frame["animal"], pitch, strict=True):
        write_tone(folder / "sounds" / f"{name}.wav", 300 + 2500 * high, rng)
    frame = frame.round(3)
    frame[:TRAIN].to_csv(folder / "train.csv", index=False)
    frame[TRAIN:].drop(columns="weight").to_csv(folder / "test.csv", index=False)
    text = f"# Weights\n\nPredict `weight` of each animal.{RMSE}"
    return written(folder, text, frame.loc[TRAIN:, ["animal", "weight"]], 0)


def test_sounds_beside_columns_are_planned_proved_and_answered_by_both(tmp_path: Path) -> None:
    made = calls(tmp_path / "made", 0)
    task, blueprint = planned_networks(made.folder, tmp_path / "cache")
    assert blueprint.member("fused_sound").views == ("sounds", "design")
    assert labels_that_leak(made, task, blueprint, tmp_path / "proof") == []
    share = share_of_error(made, task, blueprint, "fused_sound", tmp_path / "run")
    assert share < 0.5, "neither age nor pitch alone leaves less than 0.7 of the error"
