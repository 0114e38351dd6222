"""Models of pixels: they learn from a share of each picture, and keep no more of it."""

from __future__ import annotations

import tracemalloc
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from workspace_templates.models import pixels_boosted_regressor, pixels_linear_regressor

MODELS = (pixels_boosted_regressor, pixels_linear_regressor)
SIDE, PICTURES = 60, 30


def pages(pictures: int = PICTURES) -> tuple[pd.DataFrame, np.ndarray]:
    """Dark dots on spotted paper as rows of pixels, and the same dots on white."""
    rng = np.random.default_rng(0)
    row, column = (places.ravel() for places in np.indices((SIDE, SIDE)))
    tables, clean = [], []
    for picture in range(pictures):
        dots = np.where(rng.random(SIDE**2) < 0.1, 0.0, 1.0)
        shade = (0.8 * dots + 0.1 * np.sin(row / 9) + 0.02 * rng.normal(size=SIDE**2)).clip(0, 1)
        where = {"picture": picture, "row": row, "column": column}
        tables.append(pd.DataFrame({**where, "shade": shade.astype("float32")}))
        clean.append(dots)
    return pd.concat(tables, ignore_index=True), np.concatenate(clean)


@pytest.mark.parametrize("model", MODELS)
def test_a_few_pixels_of_each_picture_teach_to_clean_another(
    model: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MOST_PIXELS", 2_000)
    monkeypatch.setattr(model, "BACKGROUND", 7)
    X, y = pages(6)
    train = X["picture"].to_numpy() < 5
    fitted = model.fit(X[train], y[train])
    answers = model.predict(fitted, X[~train])
    assert np.abs(answers - y[~train]).mean() < 0.05


@pytest.mark.parametrize("model", MODELS)
def test_no_more_pixels_are_kept_described_than_are_drawn(
    model: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "MOST_PIXELS", 1_000)
    monkeypatch.setattr(model, "BACKGROUND", 3)
    X, y = pages()
    described = len(model.neighbourhoods(np.zeros((2, 2), "float32"))[0]) * 4 * len(X)
    tracemalloc.start()
    model.fit(X, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < described / 2
