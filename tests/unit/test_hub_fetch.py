"""Weights are fetched at a pinned commit, without pickles or code, and broken connections go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from processes.weight_hub import COMMIT, WeightHub, weight_hub

from iiml_codegen.planning.checkpoints import Wanted, fetched_names, find_checkpoints
from iiml_codegen.planning.hub_fetch import Fetch, asked_apart, fetch_weights
from iiml_codegen.planning.weight_readers import reader_of

pytest.importorskip("huggingface_hub")
MIB = 2**20
FIRST, SECOND = fetched_names("text")[:2]
FILES = {
    "config.json": b'{"model_type": "bert"}',
    "vocab.txt": b"[PAD]\n",
    "model.safetensors": b"\1" * 70_000,
    "pytorch_model.bin": b"pickle",
    "modeling_own.py": b"raise SystemExit",
    "onnx/model.onnx": b"other",
    "1_Pooling/config.json": b"{}",
}


def repository(folder: Path, leaving_out: str = "") -> Path:
    """A repository as the hub holds it."""
    for name, content in FILES.items():
        if name != leaving_out:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeightHub]:
    """A hub, asked instead of the real one, and a cache of our own."""
    with weight_hub() as one:
        monkeypatch.setenv("HF_ENDPOINT", one.address)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield one


def test_what_is_fetched_is_found_in_the_cache_at_its_commit(
    hub: WeightHub, tmp_path: Path
) -> None:
    hub.folders[SECOND] = repository(tmp_path / "second")
    hub.folders[FIRST] = repository(tmp_path / "first", leaving_out="model.safetensors")
    found = fetch_weights("text", seconds=60)
    assert (found.name, found.commit, found.licence) == (SECOND, COMMIT, "apache-2.0")
    assert found.troubles == (f"{FIRST}: it has no model.safetensors",)
    sent = {name.removeprefix(f"{SECOND}/") for name, _ in hub.sent}
    assert sent == {"config.json", "vocab.txt", "model.safetensors"}
    wanted = Wanted(modality="text", cache=tmp_path / "cache", training=False)
    (checkpoint,) = [c for c in find_checkpoints(wanted).checkpoints if c.source == "cache"]
    reader = reader_of(checkpoint)
    assert reader is not None
    assert (reader.place, reader.opens) == (f"{SECOND}@{COMMIT}", "cached_weights")


def test_a_connection_that_breaks_is_made_again_for_the_rest(
    hub: WeightHub, tmp_path: Path
) -> None:
    folder = repository(tmp_path / "first")
    weights = bytes(range(256)) * (12 * MIB // 256)
    (folder / "model.safetensors").write_bytes(weights)
    hub.folders[FIRST] = folder
    hub.cut = 11 * MIB
    assert fetch_weights("text", seconds=60).name == FIRST
    ranges = [asked for name, asked in hub.sent if name.endswith("model.safetensors")]
    assert ranges == ["", f"bytes={10 * MIB}-"]
    (file,) = (tmp_path / "cache").glob("models--*/snapshots/*/model.safetensors")
    assert file.read_bytes() == weights


def test_a_hub_that_stalls_is_left_and_nothing_half_stays(hub: WeightHub, tmp_path: Path) -> None:
    hub.folders[FIRST] = repository(tmp_path / "first")
    hub.stalls = True
    found = fetch_weights("text", seconds=3)
    assert "took more than 3 s" in found.troubles[0]
    assert list((tmp_path / "cache").rglob("*.incomplete")) == []
    hub.stalls = False
    hub.sent.clear()
    assert fetch_weights("text", seconds=60).name == FIRST
    assert "config.json" not in {name.rpartition("/")[2] for name, _ in hub.sent}


@pytest.mark.parametrize(
    ("licence", "most_bytes", "why"),
    [("cc-by-nc-4.0", 10**6, "cc-by-nc-4.0"), ("mit", 1000, "is more than")],
)
def test_closed_and_large_weights_stay_where_they_are(
    hub: WeightHub, tmp_path: Path, licence: str, most_bytes: int, why: str
) -> None:
    hub.folders["own/model"] = repository(tmp_path / "model")
    hub.licences["own/model"] = licence
    wanted = Fetch(names=("own/model",), cache=str(tmp_path / "cache"), most_bytes=most_bytes)
    found = asked_apart(wanted, 60)
    assert not found.name
    assert why in found.troubles[0]
    assert hub.sent == []


def test_a_hub_that_may_not_be_asked_is_a_trouble(
    hub: WeightHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert "HF_HUB_OFFLINE is set" in fetch_weights("text", seconds=60).troubles[0]
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example")
    assert "no https address" in fetch_weights("text", seconds=60).troubles[0]
    assert fetch_weights("series", seconds=60).troubles == ("no repository is known for series",)
    assert hub.sent == []
