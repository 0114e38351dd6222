"""The extension's manifest, and what a packed extension carries: no more than it needs.

`make vsix` names the file that it packed in IIML_VSIX and runs these; without it, and so without
node, only the manifest is looked at.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

import iiml_codegen

ROOT = Path(__file__).resolve().parents[2]
VSIX = os.environ.get("IIML_VSIX", "")
LIMIT = 2_500_000
"""Bytes; the wheel with its templates is nearly all of them."""
INSIDE = (
    r"\[Content_Types\]\.xml",
    r"extension\.vsixmanifest",
    r"extension/package\.json",
    r"extension/package\.nls(\.[a-z-]+)?\.json",
    r"extension/(readme|changelog)\.md",
    r"extension/LICENSE\.txt",
    r"extension/l10n/bundle\.l10n(\.[a-z-]+)?\.json",
    r"extension/vscode-client/dist/\w+\.(js|css)",
    r"extension/vscode-client/media/[\w/-]+\.(svg|png|md|css|js)",
    r"extension/daemon/(daemon|ml)\.lock",
    r"extension/daemon/iiml-[\w.]+-py3-none-any\.whl",
)
packed = pytest.mark.skipif(
    not VSIX, reason="no packed extension; `make vsix` packs one, with node"
)


def read_json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def strings(value: object) -> Iterator[str]:
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


@pytest.fixture
def vsix() -> Iterator[ZipFile]:
    with ZipFile(VSIX) as archive:
        yield archive


def test_extension_and_python_have_one_version() -> None:
    lock = read_json(ROOT / "package-lock.json")
    version = iiml_codegen.__version__
    assert read_json(ROOT / "package.json")["version"] == version
    assert (lock["version"], lock["packages"][""]["version"]) == (version, version)


def test_no_key_of_the_manifest_is_written_twice() -> None:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), sorted(names)
        return dict(pairs)

    json.loads((ROOT / "package.json").read_text("utf-8"), object_pairs_hook=once)


def test_the_lock_file_names_no_registry() -> None:
    packages = read_json(ROOT / "package-lock.json")["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_every_text_of_the_manifest_is_written() -> None:
    named = {text[1:-1] for text in strings(read_json(ROOT / "package.json")) if is_key(text)}
    texts = ROOT / "package.nls.json"
    written = set(read_json(texts)) if texts.exists() else set()
    assert sorted(named - written) == []
    assert sorted(written - named) == []


def is_key(text: str) -> bool:
    return re.fullmatch(r"%[\w.-]+%", text) is not None


@packed
def test_a_packed_extension_carries_what_it_needs_and_nothing_else(vsix: ZipFile) -> None:
    names = vsix.namelist()
    known = re.compile("|".join(INSIDE))
    assert [name for name in names if not known.fullmatch(name)] == []
    assert [
        form for form in INSIDE[:2] if not any(re.fullmatch(form, name) for name in names)
    ] == []
    for needed in ("package.json", "readme.md", "LICENSE.txt", "changelog.md"):
        assert f"extension/{needed}" in names
    for needed in ("daemon/daemon.lock", "daemon/ml.lock", "vscode-client/dist/extension.js"):
        assert f"extension/{needed}" in names
    assert f"extension/daemon/iiml-{iiml_codegen.__version__}-py3-none-any.whl" in names


@packed
def test_a_packed_extension_is_small() -> None:
    assert Path(VSIX).stat().st_size < LIMIT


@packed
def test_a_packed_extension_has_no_sources_in_its_bundle(vsix: ZipFile) -> None:
    bundle = vsix.read("extension/vscode-client/dist/extension.js").decode("utf-8")
    assert "sourceMappingURL" not in bundle
    assert str(ROOT) not in bundle
    assert bundle.count("\n") < len(bundle) / 200


@packed
def test_a_packed_extension_has_every_file_that_its_manifest_names(vsix: ZipFile) -> None:
    manifest = json.loads(vsix.read("extension/package.json"))
    files = {text.removeprefix("./") for text in strings(manifest) if is_file(text)}
    assert "vscode-client/dist/extension.js" in files
    assert [name for name in sorted(files) if f"extension/{name}" not in vsix.namelist()] == []
    assert not {"scripts", "devDependencies"} & set(manifest)


def is_file(text: str) -> bool:
    return re.fullmatch(r"(\./)?[\w-]+(/[\w.-]+)+\.(js|svg|png|md|css)", text) is not None


@packed
def test_the_lock_files_are_those_of_the_clone(vsix: ZipFile) -> None:
    for name in ("daemon.lock", "ml.lock"):
        assert vsix.read(f"extension/daemon/{name}") == (ROOT / "requirements" / name).read_bytes()
