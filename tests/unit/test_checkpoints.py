"""Checkpoints are found near before far, under open licences, and as large as the machine takes."""

from __future__ import annotations

import json
import os
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes.fake_hub import FakeHub, fake_hub, model

from iiml_codegen.execution.accelerator import Accelerator, Gpu
from iiml_codegen.planning.checkpoints import (
    Wanted,
    find_checkpoints,
    known_licences,
    may_be_used,
    memory_at_hand,
    weight_packages,
)
from iiml_codegen.planning.local_checkpoints import in_cache, in_folders, in_packages

pytest.importorskip("huggingface_hub")
MB = 1_000_000
COMMIT = "b" * 40


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A hub with models of all sorts."""
    with fake_hub() as fake:
        monkeypatch.setenv("HF_ENDPOINT", fake.address)
        fake.models = [
            model("big/encoder", "fill-mask", "apache-2.0", 400 * MB),
            model("some/encoder-biomedical", "fill-mask", "mit", 20 * MB),
            model("microsoft/deberta-v3-small", "fill-mask", "mit", 44 * MB),
            model("closed/encoder", "fill-mask", "cc-by-nc-4.0", 10 * MB),
            model("odd/encoder", "fill-mask", "other", 10 * MB),
            model("pickled/encoder", "fill-mask", "mit", 10 * MB, safetensors=None),
            model("gated/encoder", "fill-mask", "mit", 10 * MB, gated="manual"),
            model("some/pictures", "image-classification", "mit", 10 * MB),
        ]
        yield fake


def python_without_packages(folder: Path) -> Path:
    """A Python of its own."""
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / Path(sys.executable).name
    return python if python.exists() else scripts / ("python.exe" if os.name == "nt" else "python")


@pytest.fixture(autouse=True, scope="module")
def no_packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Packages with weights that happen to be installed here stay out of sight."""
    python = python_without_packages(tmp_path_factory.mktemp("bare"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", str(python))
        yield


def names(wanted: Wanted, token: str = "") -> list[str]:
    """The names of what is found, best first."""
    return [checkpoint.name for checkpoint in find_checkpoints(wanted, token).checkpoints]


def online(tmp_path: Path, **more: object) -> Wanted:
    """A question that only the hub answers."""
    usual: dict[str, object] = {"modality": "text", "online": True, "cache": tmp_path / "no"}
    return Wanted(**(usual | more))  # type: ignore[arg-type]


def checkpoint_folder(
    place: Path, config: dict[str, object], page: str = "", size: int = 1000
) -> Path:
    """A folder with weights."""
    place.mkdir(parents=True)
    (place / "config.json").write_text(json.dumps(config))
    (place / "model.safetensors").write_bytes(b"\0" * size)
    (place / "pytorch_model.bin").write_bytes(b"\0" * 5)
    if page:
        (place / "README.md").write_text(page)
    return place


def test_the_hub_gives_open_models_with_safe_weights_that_fit(hub: FakeHub, tmp_path: Path) -> None:
    found = find_checkpoints(online(tmp_path))
    assert [c.name for c in found.checkpoints] == [
        "microsoft/deberta-v3-small",
        "some/encoder-biomedical",
    ]
    assert found.troubles == ()
    first = found.checkpoints[0]
    assert (first.source, first.revision, first.bytes) == ("hub", "a" * 40, 4 * 44 * MB)
    assert (first.licence, first.path) == ("mit", None)
    assert "1,000 downloads" in first.why
    assert {question["sort"][0] for question, _ in hub.asked} == {"downloads"}
    assert hub.paths == {"/api/models"}


def test_memory_and_words_decide(hub: FakeHub, tmp_path: Path) -> None:
    assert names(online(tmp_path, memory=600 * MB)) == ["some/encoder-biomedical"]
    assert names(online(tmp_path, memory=600 * MB, training=False)) == [
        "microsoft/deberta-v3-small",
        "some/encoder-biomedical",
    ]
    assert names(online(tmp_path, words="biomedical abstracts"))[0] == "some/encoder-biomedical"
    assert "big/encoder" in names(online(tmp_path, on_cpu=False, memory=80_000 * MB))
    assert any(question.get("search") == ["biomedical"] for question, _ in hub.asked)


def test_the_hub_is_asked_only_where_it_may_be(hub: FakeHub, tmp_path: Path) -> None:
    assert names(online(tmp_path, online=False)) == []
    assert hub.asked == []


def test_a_token_goes_to_the_hub_alone_and_nobody_elses_is_sent(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_checkpoints(online(tmp_path), token="hf_own")
    assert {header for _, header in hub.asked} == {"Bearer hf_own"}
    hub.asked.clear()
    monkeypatch.setenv("HF_TOKEN", "hf_saved")
    find_checkpoints(online(tmp_path))
    assert {header for _, header in hub.asked} == {""}
    hub.asked.clear()
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example")
    assert "no https address" in find_checkpoints(online(tmp_path), token="x").troubles[0]
    assert hub.asked == []


@pytest.mark.parametrize("body", [b"no json", b'[{"name": 3}]', b'{"error": "x"}', b"[3]"])
def test_a_hub_that_answers_nonsense_is_a_trouble(
    hub: FakeHub, tmp_path: Path, body: bytes
) -> None:
    hub.body = body
    found = find_checkpoints(online(tmp_path))
    assert found.checkpoints == ()
    assert "in vain" in found.troubles[0]


def test_a_hub_that_refuses_is_told_by_its_status(hub: FakeHub, tmp_path: Path) -> None:
    hub.status, hub.body = 401, b"hf_own is wrong"
    found = find_checkpoints(online(tmp_path), token="hf_own")
    assert "401" in found.troubles[0]
    assert "hf_own" not in found.troubles[0]


def test_a_silent_hub_is_given_up(hub: FakeHub, tmp_path: Path) -> None:
    hub.silent = True
    found = find_checkpoints(online(tmp_path, seconds=0.5))
    assert found.checkpoints == ()
    assert "did not answer within 0.5 s" in found.troubles[0]


def test_the_cache_comes_before_the_hub(hub: FakeHub, tmp_path: Path) -> None:
    cache = tmp_path / "hub"
    repository = cache / "models--microsoft--deberta-v3-small"
    checkpoint_folder(repository / "snapshots" / COMMIT, {"model_type": "deberta-v2"})
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    (repository / "blobs").mkdir()
    closed = cache / "models--some--closed"
    page = "---\nlicense: cc-by-nc-4.0\npipeline_tag: fill-mask\n---\n"
    checkpoint_folder(closed / "snapshots" / COMMIT, {"model_type": "bert"}, page)
    (cached,) = in_cache(Wanted("text", cache=cache)).checkpoints
    assert (cached.name, cached.licence) == ("microsoft/deberta-v3-small", "mit")
    assert (cached.revision, cached.bytes) == (COMMIT, 1000)
    assert cached.path == repository / "snapshots" / COMMIT
    found = find_checkpoints(online(tmp_path, cache=cache)).checkpoints
    assert [(c.name, c.source) for c in found] == [
        ("microsoft/deberta-v3-small", "cache"),
        ("some/encoder-biomedical", "hub"),
    ]


def test_folders_of_the_user_are_searched_and_non_commercial_weights_left_out(
    tmp_path: Path,
) -> None:
    shelf = tmp_path / "shelf"
    page = "---\nlicense: mit\npipeline_tag: image-classification\n---\n# Model\nlicense: x\n"
    checkpoint_folder(shelf / "a" / "pictures", {}, page)
    checkpoint_folder(shelf / "encoder", {"architectures": ["BertModel"]})
    nc = "---\nlicense: cc-by-nc-sa-4.0\n---\n"
    checkpoint_folder(shelf / "closed", {"model_type": "bert"}, nc)
    (tmp_path / "bare").mkdir()
    folders = (shelf, tmp_path / "bare", tmp_path / "absent")
    found = in_folders(Wanted("text", folders=folders))
    assert {(c.name, c.modality, c.licence) for c in found.checkpoints} == {
        ("pictures", "image", "mit"),
        ("encoder", "text", ""),
    }
    assert len(found.troubles) == 2
    assert names(Wanted("image", folders=folders, cache=tmp_path / "no")) == ["pictures"]


def test_packages_of_the_computing_python_are_found_without_importing_them(
    tmp_path: Path,
) -> None:
    python = python_without_packages(tmp_path / "env")
    (site,) = (tmp_path / "env").rglob("site-packages")
    package = site / "fracast"
    (package / "weights").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('imported')\n")
    (package / "weights" / "model.safetensors").write_bytes(b"\0" * 2000)
    (found,) = in_packages(Wanted("series", interpreter=python)).checkpoints
    assert (found.name, found.source, found.bytes) == ("fracast", "package", 2000)
    assert found.path == package / "weights" / "model.safetensors"
    assert in_packages(Wanted("audio", interpreter=python)).checkpoints == ()
    broken = in_packages(Wanted("series", interpreter=tmp_path / "no-python"))
    assert "were not looked for" in broken.troubles[0]


@pytest.mark.parametrize(
    ("licence", "usable"),
    [
        ("apache-2.0", True),
        ("MIT", True),
        ("cc-by-4.0", True),
        ("cc-by-nc-4.0", False),
        ("CC-BY-NC-SA-4.0", False),
        ("other", False),
        ("llama3", False),
        ("", False),
    ],
)
def test_only_open_licences_pass(licence: str, usable: bool) -> None:
    assert may_be_used(licence) is usable


def test_everything_in_the_catalogue_may_be_used() -> None:
    assert [one.package for one in weight_packages() if not may_be_used(one.licence)] == []
    assert [n for n, (licence, _) in known_licences().items() if not may_be_used(licence)] == []


def test_memory_is_the_cards_or_the_machines() -> None:
    card = Gpu(index=0, uuid="GPU-1", name="H100", memory=80, free=60)
    assert memory_at_hand(Accelerator(card)) == 60
    assert memory_at_hand(Accelerator()) > 0
