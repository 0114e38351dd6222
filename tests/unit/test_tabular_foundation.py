"""Foundation models for tables, by a tiny checkpoint of chance weights."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tabicl", reason="tabicl is not installed")

SMALL = {
    "embed_dim": 16,
    "col_num_blocks": 1,
    "col_nhead": 2,
    "col_num_inds": 8,
    "row_num_blocks": 1,
    "row_nhead": 2,
    "row_num_cls": 2,
    "icl_num_blocks": 1,
    "icl_nhead": 2,
}
ROWS = 60


def checkpoint(place: Path, classes: int) -> str:
    """A checkpoint as TabICL writes it."""
    from tabicl._model.tabicl import TabICL

    torch.manual_seed(0)
    settings = {**SMALL, "max_classes": classes, "zero_init": False}
    torch.save({"config": settings, "state_dict": TabICL(**settings).state_dict()}, place)
    return str(place)


@pytest.fixture
def table() -> pd.DataFrame:
    """Numbers with gaps, and a category."""
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=ROWS)
    numbers[3] = np.nan
    return pd.DataFrame({"a": numbers, "k": pd.Categorical(rng.choice(["u", "v"], ROWS))})


def test_classes_come_from_rows_that_are_read(
    table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workspace_templates.models import tabicl_classifier as template

    monkeypatch.setattr(template, "WEIGHTS", checkpoint(tmp_path / "tabicl-classifier.ckpt", 10))
    monkeypatch.setattr(template, "CLASSES", 4)
    y = np.arange(ROWS) % 3
    model = template.fit(table, y, seed=1)
    given = template.predict(model, table)
    assert given.shape == (ROWS, 4)
    assert np.allclose(given.sum(axis=1), 1.0) and (given[:, 3] == 0).all()
    assert (template.predict(template.fit(table, y, seed=1), table) == given).all()
    assert (template.predict(pickle.loads(pickle.dumps(model)), table) == given).all()


def test_each_of_several_numbers_has_its_own_reader(
    table: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workspace_templates.models import tabicl_regressor as template

    place = checkpoint(tmp_path / "tabicl-regressor.ckpt", 0)
    for name, value in (("WEIGHTS", place), ("LOG_TARGET", True), ("MOST_ROWS", 40)):
        monkeypatch.setattr(template, name, value)
    y = np.column_stack([np.arange(ROWS), 100.0 + np.arange(ROWS)])
    found = template.predict(template.fit(table, y, seed=1), table)
    assert found.shape == (ROWS, 2)
    assert (found[:, 0] < found[:, 1]).all()
    assert template.predict(template.fit(table, y[:, 0], seed=1), table).shape == (ROWS,)


def test_weights_that_are_gone_are_named(table: pd.DataFrame, tmp_path: Path) -> None:
    from workspace_templates.models import tabicl_classifier

    template: ModuleType = tabicl_classifier
    with pytest.raises(FileNotFoundError, match="no pretrained weights at"):
        template.fit(table, np.arange(ROWS) % 2)
