"""Fine-tuned transformers: they learn, repeat to the last bit, and go on after a checkpoint."""

from __future__ import annotations

import importlib.util
import json
import pickle
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from processes.tiny_checkpoints import tiny_reader

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("efficientnet_lite_pytorch")
Image = pytest.importorskip("PIL.Image")

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Member, Step  # noqa: E402
from iiml_codegen.implementation.modeling_coder import ExpertModelingCoder  # noqa: E402
from workspace_templates.networks.fine_tuned_texts import TunedReader  # noqa: E402
from workspace_templates.networks.fine_tuning import (  # noqa: E402
    layered_adam,
    some_rows,
    watched_rows,
)

ROWS = 48
TEXTS = pd.Series(
    [f"a {('big', 'small')[k % 3 == 0]} {('dog', 'cat')[k % 2]} sat" for k in range(ROWS)]
)
CATS = np.arange(ROWS) % 2
PARTS = {"TunedLite": "TunedPictures"}
SETTINGS: dict[str, Any] = {"MOST_TOKENS": 16, "EPOCHS": 6, "BATCH": 8, "RATE": 5e-3}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny transformer."""
    return tiny_reader(tmp_path_factory.mktemp("reader"))


@pytest.fixture
def written(reader: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes and loads the module that the coder makes of a template."""

    def module(template: str, **constants: Any) -> ModuleType:
        member = Member(
            name="tuned",
            track="pretrained",
            template=template,
            view="texts",
            constants={
                "WEIGHTS": str(reader),
                **(SETTINGS if "text" in template else {}),
                **constants,
            },
            parts={"packaged_weights": "folder_weights", **PARTS},
        )
        parts = {"M1": "model", "T1": "train"}
        steps = tuple(
            Step(id=id, part=part, key=template, title="Tune", why="", member="tuned")  # type: ignore[arg-type]
            for id, part in parts.items()
        )
        folds = FoldPlan(strategy="random", folds=5, column=None, why="")
        blueprint = Blueprint(title="", kind="binary", steps=steps, members=(member,), folds=folds)
        place = tmp_path / f"model_{template}.py"
        place.write_text(ExpertModelingCoder().write(blueprint, member), "utf-8")
        spec = importlib.util.spec_from_file_location(place.stem, place)
        assert spec is not None and spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, place.stem, made)
        spec.loader.exec_module(made)
        return made

    return module


def test_a_transformer_learns_classes_and_repeats_itself(written: Any) -> None:
    module = written("fine_tune_text_classifier", CLASSES=2)
    X = module.encode(TEXTS)
    assert X.shape == (ROWS, 16) and (X[0] != module.encode(TEXTS[1:2])[0]).any()
    model = module.fit(X[:36], CATS[:36], valid=(X[36:], CATS[36:]), seed=3)
    given = module.predict(model, X)
    assert 1 <= model.rounds <= 6
    assert given[CATS == 1].min() > 0.5 > given[CATS == 0].max()
    again = module.fit(X[:36], CATS[:36], valid=(X[36:], CATS[36:]), seed=3)
    assert (module.predict(again, X) == given).all()
    assert (module.predict(pickle.loads(pickle.dumps(model)), X) == given).all()


def test_numbers_and_several_labels_are_learned_too(written: Any) -> None:
    numbers = written("fine_tune_text_regressor", LOG_TARGET=True)
    X = numbers.encode(TEXTS)
    y = 100.0 + 50.0 * CATS
    found = numbers.predict(numbers.fit(X, y, rounds=6, seed=0), X)
    assert np.abs(found - y).mean() < 15
    labels = written("fine_tune_text_multilabel")
    both = np.column_stack([CATS, np.arange(ROWS) % 3 == 0])
    given = labels.predict(labels.fit(X, both, rounds=6, seed=0), X)
    assert given.shape == (ROWS, 2)
    assert ((given > 0.5) == both).mean() > 0.9


def test_training_goes_on_after_the_epoch_of_a_checkpoint(
    written: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = written("fine_tune_text_classifier", CLASSES=2)
    X = module.encode(TEXTS)
    whole = module.predict(module.fit(X, CATS, rounds=4, seed=1), X)
    save = module.save_checkpoint

    def save_and_be_killed(place: Path, steps: Any, order: Any, progress: Any) -> None:
        save(place, steps, order, progress)
        if progress.done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "save_checkpoint", save_and_be_killed)
    with pytest.raises(KeyboardInterrupt):
        module.fit(X, CATS, rounds=4, seed=1, checkpoint=tmp_path / "half.pt")
    monkeypatch.setattr(module, "save_checkpoint", save)
    resumed = module.fit(X, CATS, rounds=4, seed=1, checkpoint=tmp_path / "half.pt")
    assert (module.predict(resumed, X) == whole).all()


def test_few_held_out_rows_are_watched_where_few_rows_are_tuned_on() -> None:
    X, y = np.arange(1000)[:, None], np.arange(1000)
    assert (watched_rows(400), watched_rows(4000)) == (200, 1000)
    few, answers = some_rows(X, y, watched_rows(400), seed=3)
    assert len(set(answers)) == 200 and (few[:, 0] == answers).all()
    assert (some_rows(X, y, watched_rows(400), seed=3)[1] == answers).all()
    assert some_rows(X, y, watched_rows(4000), seed=3)[0] is X


def test_lower_layers_learn_more_slowly_and_the_head_fastest(reader: Path) -> None:
    network = TunedReader(reader, 2)
    optimizer = layered_adam(network, rate=1e-4, layer_decay=0.5)
    rate_of = {
        id(parameter): group["lr"]
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    rates = {name: rate_of[id(parameter)] for name, parameter in network.named_parameters()}
    assert rates["head.weight"] == pytest.approx(1e-3)
    assert rates["encoder.encoder.layer.1.output.dense.weight"] == pytest.approx(1e-4)
    assert rates["encoder.encoder.layer.0.output.dense.weight"] == pytest.approx(0.5e-4)
    assert rates["encoder.embeddings.word_embeddings.weight"] == pytest.approx(0.25e-4)


def tiny_viewer(place: Path) -> Path:
    """A transformer for pictures, with what its pixels must be like."""
    from transformers import ViTConfig, ViTModel

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 24, "image_size": 16, "patch_size": 8}
    ViTModel(ViTConfig(**sizes, num_hidden_layers=1, num_attention_heads=2)).save_pretrained(place)
    (place / "preprocessor_config.json").write_text(json.dumps({"image_mean": [0.4, 0.5, 0.6]}))
    return place


def tiny_timm(place: Path) -> Path:
    """A small network of the timm library, as that writes it for the hub."""
    from safetensors.torch import save_file

    timm = pytest.importorskip("timm", reason="timm is not installed")
    torch.manual_seed(0)
    network = timm.create_model("test_efficientnet")
    save_file(network.state_dict(), place / "model.safetensors")
    said = {
        "mean": [0.4, 0.5, 0.6],
        "std": [0.2, 0.2, 0.2],
        "input_size": [3, 48, 48],
        "num_classes": 1000,
        "classifier": "classifier",
    }
    page = {"architecture": "test_efficientnet", "pretrained_cfg": said}
    (place / "config.json").write_text(json.dumps(page))
    return place


VIEWERS = {"TunedPictures": tiny_viewer, "TunedTimm": tiny_timm}


@pytest.mark.parametrize("reads", VIEWERS)
def test_pictures_are_learned_and_repeat_themselves(
    written: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reads: str
) -> None:
    monkeypatch.setitem(PARTS, "TunedLite", reads)
    shades = np.where(CATS == 1, 220, 30)
    files = [tmp_path / f"{k}.png" for k in range(ROWS)]
    for file, shade in zip(files, shades, strict=True):
        Image.new("RGB", (20, 16), (int(shade), 100, 100)).save(file)
    viewer = VIEWERS[reads](tmp_path)
    settings = {"WEIGHTS": str(viewer), "SIDE": 16, "EPOCHS": 6, "BATCH": 8, "RATE": 5e-3}
    module = written("fine_tune_picture_classifier", CLASSES=2, **settings)
    X = module.encode(pd.Series([str(file) for file in files]))
    model = module.fit(X[:36], CATS[:36], valid=(X[36:], CATS[36:]), seed=3)
    given = module.predict(model, X)
    assert given[CATS == 1].min() > 0.5 > given[CATS == 0].max()
    again = module.fit(X[:36], CATS[:36], valid=(X[36:], CATS[36:]), seed=3)
    assert (module.predict(again, X) == given).all()
    numbers = written("fine_tune_picture_regressor", **settings)
    found = numbers.predict(numbers.fit(X, 10.0 * CATS, rounds=6, seed=0), X)
    assert np.abs(found - 10.0 * CATS).mean() < 3
    labels = written("fine_tune_picture_multilabel", **settings)
    both = np.column_stack([CATS, 1 - CATS])
    assert labels.predict(labels.fit(X, both, rounds=2, seed=0), X).shape == (ROWS, 2)
