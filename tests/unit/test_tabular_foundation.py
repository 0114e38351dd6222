"""Foundation models for tables, by tiny checkpoints of chance weights."""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

FAMILIES = ("tabicl", "tabpfn")
torch = pytest.importorskip("torch")
for name in FAMILIES:
    pytest.importorskip(name, reason=f"{name} is not installed")

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
Made = Callable[..., ModuleType]


def tabicl_checkpoint(classes: int) -> dict[str, object]:
    """What TabICL writes."""
    from tabicl._model.tabicl import TabICL

    settings = {**SMALL, "max_classes": classes, "zero_init": False}
    return {"config": settings, "state_dict": TabICL(**settings).state_dict()}


def tabpfn_checkpoint(classes: int) -> dict[str, object]:
    """What TabPFN 2 writes; without classes, for numbers: shares of bars between borders."""
    from tabpfn.architectures.tabpfn_v2 import TabPFNV2Config, get_architecture

    sizes = {"emsize": 32, "nlayers": 2, "nhead": 2}
    bars = 0 if classes else 64
    settings = TabPFNV2Config(**sizes, max_num_classes=classes, num_buckets=bars)
    state = get_architecture(settings).state_dict()
    if bars:
        state["criterion.borders"] = torch.linspace(-4, 4, bars + 1)
        state["criterion.losses_per_bucket"] = torch.zeros(bars)
    return {"config": asdict(settings), "state_dict": state}


@pytest.fixture(params=FAMILIES)
def loaded(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Made:
    """Gives a family's template for a kind of task with a checkpoint and constants."""

    def made(kind: str, classes: int, **constants: object) -> ModuleType:
        torch.manual_seed(0)
        template = importlib.import_module(f"workspace_templates.models.{request.param}_{kind}")
        place = tmp_path / f"{request.param}-{kind}.ckpt"
        written = {"tabicl": tabicl_checkpoint, "tabpfn": tabpfn_checkpoint}[request.param]
        torch.save(written(classes), place)
        for name, value in {"WEIGHTS": str(place), **constants}.items():
            monkeypatch.setattr(template, name, value)
        return template

    return made


@pytest.fixture
def table() -> pd.DataFrame:
    """Numbers with gaps, and a category."""
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=ROWS)
    numbers[3] = np.nan
    return pd.DataFrame({"a": numbers, "k": pd.Categorical(rng.choice(["u", "v"], ROWS))})


def test_classes_come_from_rows_that_are_read(table: pd.DataFrame, loaded: Made) -> None:
    template = loaded("classifier", 10, CLASSES=4)
    y = np.arange(ROWS) % 3
    model = template.fit(table, y, seed=1)
    given = template.predict(model, table)
    assert given.shape == (ROWS, 4)
    assert np.allclose(given.sum(axis=1), 1.0) and (given[:, 3] == 0).all()
    assert (template.predict(template.fit(table, y, seed=1), table) == given).all()
    assert (template.predict(pickle.loads(pickle.dumps(model)), table) == given).all()


def test_each_of_several_numbers_has_its_own_reader(table: pd.DataFrame, loaded: Made) -> None:
    template = loaded("regressor", 0, LOG_TARGET=True, MOST_ROWS=40)
    y = np.column_stack([np.arange(ROWS), 100.0 + np.arange(ROWS)])
    found = template.predict(template.fit(table, y, seed=1), table)
    assert found.shape == (ROWS, 2)
    assert (found[:, 0] < found[:, 1]).all()
    assert template.predict(template.fit(table, y[:, 0], seed=1), table).shape == (ROWS,)


def test_weights_that_are_gone_are_named(table: pd.DataFrame, loaded: Made) -> None:
    template = loaded("classifier", 10, WEIGHTS="gone.ckpt")
    with pytest.raises(FileNotFoundError, match="no pretrained weights at"):
        template.fit(table, np.arange(ROWS) % 2)
