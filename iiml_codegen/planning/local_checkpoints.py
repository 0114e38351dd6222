"""Checkpoints that are here already: in packages, in folders of the user's, in the hub's cache."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import msgspec

from iiml_codegen.execution.environment import clean_environment
from iiml_codegen.planning.checkpoints import (
    Checkpoint,
    Found,
    Modality,
    Place,
    Wanted,
    is_refused,
    known_licences,
    may_be_used,
    size_words,
    weight_packages,
)

ASKING_SECONDS = 20.0
MOST_FOLDERS, DEEPEST = 500, 3
LARGEST_PAGE = 1_000_000
SUFFIXES = (".safetensors", ".onnx", ".gguf", ".bin", ".pth", ".pt", ".ckpt")
"""Of files with weights; the first that a folder has counts, since others repeat it."""
NO_WEIGHTS = ("training_args.bin", "optimizer.pt", "scheduler.pt", "optimizer.bin")
FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n---\s*(\n|\Z)", re.DOTALL)
ASK = """
import importlib.metadata as m, importlib.util as u, json, sys
found = {}
for package, module in json.load(sys.stdin):
    try:
        spec = u.find_spec(module)
    except ModuleNotFoundError:  # of the package that it would lie in
        spec = None
    if spec is not None and spec.submodule_search_locations:
        try:
            version = m.version(package)
        except m.PackageNotFoundError:
            version = ""
        found[package] = [list(spec.submodule_search_locations)[0], version]
print(json.dumps(found))
"""
"""Where packages lie in another Python; nothing of theirs is imported."""
PIPELINES: dict[str, Modality] = {
    **dict.fromkeys(
        (
            *("feature-extraction", "sentence-similarity", "fill-mask", "text-classification"),
            *(
                "token-classification",
                "text-generation",
                "text-ranking",
                "zero-shot-classification",
            ),
        ),
        "text",
    ),
    **dict.fromkeys(
        ("image-classification", "image-feature-extraction", "image-segmentation"), "image"
    ),
    **dict.fromkeys(("audio-classification", "automatic-speech-recognition"), "audio"),
    "time-series-forecasting": "series",
    **dict.fromkeys(("tabular-classification", "tabular-regression"), "table"),
}
"""What the hub calls tasks, by what they read."""
MODEL_TYPES: tuple[tuple[Modality, str], ...] = (
    ("series", r"chronos|timesfm|patchtst|time_series|autoformer|informer|moirai"),
    ("audio", r"wav2vec2|hubert|wavlm|whisper|audio|ast$|clap|sew|unispeech"),
    ("image", r"vit|resnet|convnext|dinov2|swin|beit|deit|efficientnet|mobilenet|regnet|siglip"),
    ("text", r"bert|electra|mpnet|xlnet|gpt|llama|qwen|gemma|mistral|t5|bart|smollm|gte|nomic"),
)


class Settings(msgspec.Struct):
    """What a checkpoint's `config.json` says of its kind; the rest is not read.

    The transformers library writes `model_type`, timm `architecture`.
    """

    model_type: str | None = None
    architecture: str | None = None
    architectures: list[str] | None = None

    @property
    def is_of_timm(self) -> bool:
        """Whether the network is one of the timm library, which reads pictures."""
        return self.architecture is not None and self.model_type is None


def in_packages(wanted: Wanted) -> Found:
    """Packages of the computing Python that carry weights."""
    listed = [one for one in weight_packages() if one.modality == wanted.modality]
    if not listed:
        return Found()
    try:
        places = package_places([(one.package, one.module) for one in listed], wanted.interpreter)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        return Found(troubles=(f"packages with weights were not looked for: {error}",))
    found = []
    for one in listed:
        folder, version = places.get(one.package, ("", ""))
        files = sorted(Path(folder).glob(one.weights)) if folder else []
        if files:
            size = sum(file.stat().st_size for file in files)
            found.append(
                Checkpoint(
                    name=one.package,
                    source="package",
                    revision=version,
                    bytes=size,
                    licence=one.licence,
                    modality=one.modality,
                    why=f"installed: {one.title}, {size_words(size)}",
                    path=files[0],
                    frozen=one.frozen,
                )
            )
    return Found(tuple(found))


def package_places(
    names: list[tuple[str, str]], interpreter: Path | None
) -> dict[str, tuple[str, str]]:
    """Folder and version of each installed package; nothing of them is imported."""
    answer = subprocess.run(
        [str(interpreter or sys.executable), "-I", "-c", ASK],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        timeout=ASKING_SECONDS,
        check=True,
        env=clean_environment(1),
    )
    return msgspec.json.decode(answer.stdout, type=dict[str, tuple[str, str]])


def in_folders(wanted: Wanted) -> Found:
    """Checkpoints below the folders that the user's configuration names."""
    found: list[Checkpoint] = []
    troubles: list[str] = []
    for folder in wanted.folders:
        try:
            places = list(islice(model_folders(folder), MOST_FOLDERS))
            one = [checkpoint_in(place, place.name, "folder") for place in places]
        except OSError as error:
            troubles.append(f"{folder} cannot be read: {error.strerror}")
            continue
        found += [checkpoint for checkpoint in one if checkpoint is not None]
        if not places:
            troubles.append(f"{folder} holds no checkpoint: no folder with config.json and weights")
    return Found(tuple(found), tuple(troubles))


def in_cache(wanted: Wanted) -> Found:
    """Checkpoints in the hub's local cache, under open licences."""
    try:
        from huggingface_hub import scan_cache_dir
        from huggingface_hub.errors import CacheNotFound
    except ImportError:
        return Found(troubles=("the hub's cache was not read: huggingface_hub is not installed",))
    try:
        repositories = scan_cache_dir(wanted.cache).repos
    except (CacheNotFound, OSError, ValueError):
        return Found()
    found: list[Checkpoint] = []
    for repository in sorted(repositories, key=lambda one: str(one.repo_id)):
        revisions = sorted(
            repository.revisions,
            key=lambda one: ("main" not in one.refs, -one.last_modified, one.commit_hash),
        )
        if repository.repo_type == "model" and revisions:
            place, commit = revisions[0].snapshot_path, revisions[0].commit_hash
            with suppress(OSError):
                found += usable(checkpoint_in(place, str(repository.repo_id), "cache", commit))
    return Found(tuple(found))


def usable(checkpoint: Checkpoint | None) -> tuple[Checkpoint, ...]:
    """The checkpoint if there is one and its licence is open."""
    return (checkpoint,) if checkpoint and may_be_used(checkpoint.licence) else ()


def model_folders(folder: Path, depth: int = 0) -> Iterator[Path]:
    """A folder with a checkpoint in it, or such folders below it, in the order of names."""
    if (folder / "config.json").is_file() and weights_in(folder):
        yield folder
    elif depth < DEEPEST:
        for inner in sorted(folder.iterdir()):
            if inner.is_dir() and not inner.is_symlink():
                yield from model_folders(inner, depth + 1)


def checkpoint_in(folder: Path, name: str, source: Place, revision: str = "") -> Checkpoint | None:
    """What lies in a folder; None where it is of no known kind or may not be used for all."""
    page = front_matter(folder / "README.md")
    licence, known = known_licences().get(name.lower(), (page.get("license", ""), None))
    modality = known or modality_of(folder, page.get("pipeline_tag", ""))
    weights = weights_in(folder)
    if modality is None or not weights or is_refused(licence):
        return None
    size = sum(file.stat().st_size for file in weights)
    where = "in the hub's cache" if source == "cache" else "in your folder"
    stated = licence or "no licence stated"
    return Checkpoint(
        name=name,
        source=source,
        revision=revision,
        bytes=size,
        licence=licence,
        modality=modality,
        why=f"{where}, {size_words(size)}, {stated}",
        path=folder,
        frozen=weights[0].suffix in (".onnx", ".gguf"),
    )


def weights_in(folder: Path) -> list[Path]:
    """The files that hold the weights, of the safest format that is there."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    for suffix in SUFFIXES:
        found = [f for f in files if f.suffix == suffix and f.name not in NO_WEIGHTS]
        if found:
            return found
    return []


def modality_of(folder: Path, pipeline: str) -> Modality | None:
    """What a checkpoint reads, by its page or its settings."""
    if pipeline in PIPELINES:
        return PIPELINES[pipeline]
    settings = settings_in(folder)
    if settings.is_of_timm:
        return "image"
    said = [settings.model_type or "", *(settings.architectures or ())]
    for modality, pattern in MODEL_TYPES:
        if any(re.search(pattern, one, re.IGNORECASE) for one in said):
            return modality
    return None


def settings_in(folder: Path) -> Settings:
    """What `config.json` of a folder says; nothing where it is missing or broken."""
    try:
        return msgspec.json.decode(_start(folder / "config.json"), type=Settings)
    except (OSError, msgspec.DecodeError):
        return Settings()


def front_matter(page: Path) -> dict[str, str]:
    """The plain keys at the head of a model's page."""
    try:
        found = FRONT_MATTER.match(_start(page).decode("utf-8", "replace"))
    except OSError:
        return {}
    pairs = (line.partition(":") for line in found.group(1).splitlines()) if found else ()
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs if value.strip()}


def _start(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(LARGEST_PAGE)
