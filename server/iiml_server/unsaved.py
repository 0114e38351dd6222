"""A folder's modules as the editor shows them, in a work folder of their own, to be verified."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from iiml_codegen.files import write_atomically

KEPT = ("*.json", "*.md", "*.py")
"""What a verification reads of `iiml/`, beside `.generated`."""


@contextmanager
def edited(folder: Path, texts: Mapping[Path, str]) -> Iterator[Path]:
    """A work folder with the plan of a competition and these texts in place of its modules.

    What a verification leaves in its `.generated` goes to the competition's when it is over.
    """
    home = folder / "iiml"
    with tempfile.TemporaryDirectory(prefix="iiml-") as name:
        copy = Path(name) / "iiml"
        generated = copy / ".generated"
        copy.mkdir()
        for pattern in KEPT:
            for path in home.glob(pattern):
                shutil.copy2(path, copy / path.name)
        if (home / ".generated").is_dir():
            shutil.copytree(home / ".generated", generated)
        for path, text in texts.items():
            (copy / path.name).write_bytes(text.encode("utf-8", "surrogateescape"))
        before = contents(generated)
        yield Path(name)
        _brought_back(before, contents(generated), home / ".generated")


def contents(folder: Path) -> dict[Path, bytes]:
    """All files below a folder, by relative path."""
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def _brought_back(before: dict[Path, bytes], after: dict[Path, bytes], into: Path) -> None:
    for path, data in after.items():
        if before.get(path) != data:
            write_atomically(into / path, data)
    for path in before.keys() - after.keys():
        (into / path).unlink(missing_ok=True)
