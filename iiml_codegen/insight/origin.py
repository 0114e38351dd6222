"""Where a pipeline's line comes from: a module that one edits, or the harness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path, PurePosixPath

from iiml_codegen.insight.chunks import split
from iiml_codegen.insight.folder import FolderFacts, Folders

MODULE = ("prep.py", "model_")


@dataclass(frozen=True)
class Origin:
    """The module and line that a pipeline's line came from; no `path` for one of the harness.

    `label` is the template of a harness line, or empty where the assembler wrote it itself.
    """

    label: str
    line: int
    path: Path | None = None


def origin(
    folders: Folders, facts: FolderFacts, path: Path, lines: Sequence[str], line: int
) -> Origin | None:
    """Where a line of a pipeline came from; None where no map tells."""
    folder = map_folder(folders, facts, path)
    source_map = folders.maps.of(folder / f"{path.stem}.map.json") if folder else None
    if folder is None or source_map is None:
        return None
    written = split(folders.texts.of(folder / path.name) or "")
    there = moved(lines, written, line)
    if there is None:
        return None
    place = source_map.origin(there)
    if place is None:
        return Origin("", there)
    if not is_module(place.file):
        return Origin(place.file, place.line)
    return Origin(place.file, *module_line(folders, facts, path, folder, place.file, place.line))


def is_module(label: str) -> bool:
    """Whether a map's file is one of the modules, and no template."""
    inner = PurePosixPath(label)
    folders = ("harness", "submissions", "ensembles", "recipes")
    return inner.name.startswith(MODULE) and inner.parts[0] not in folders


def map_folder(folders: Folders, facts: FolderFacts, path: Path) -> Path | None:
    """The folder whose map tells of a pipeline: its own, or where it was copied from."""
    if path.parent != facts.home:
        return path.parent
    text = folders.texts.of(path)
    found = sorted(facts.home.glob(f"candidates/*/{path.stem}.map.json"))
    same = [one.parent for one in found if folders.texts.of(one.parent / path.name) == text]
    best = facts.candidate(path, None)
    likely = [one.parent for one in found if best and one.parent.name == best.id]
    return next(iter(same or likely), None)


def module_line(
    folders: Folders, facts: FolderFacts, path: Path, folder: Path, label: str, line: int
) -> tuple[int, Path]:
    """A line of a candidate's module, or of the promoted one that was made from it."""
    inner = PurePosixPath(label)
    own = folder if len(inner.parts) == 1 else facts.home / "candidates" / inner.parts[0]
    source, text = own / inner.name, folders.texts.of(own / inner.name)
    if path.parent != facts.home or text is None:
        return line, source
    if folders.texts.of(facts.home / ".generated" / inner.name) != text:
        return line, source
    promoted = facts.home / inner.name
    now = moved(split(text), split(folders.texts.of(promoted) or ""), line)
    return (line, source) if now is None else (now, promoted)


def moved(old: Sequence[str], new: Sequence[str], line: int) -> int | None:
    """The number in `new` of a line of `old`, where texts differ in one stretch; None inside it."""
    short = min(len(old), len(new))
    head = next((n for n in range(short) if old[n] != new[n]), short)
    if line <= head:
        return line
    tail = 0
    while tail < short - head and old[len(old) - 1 - tail] == new[len(new) - 1 - tail]:
        tail += 1
    if line > len(old) - tail:
        return line + len(new) - len(old)
    return line if len(old) == len(new) else None


@lru_cache(maxsize=128)
def told_of(label: str) -> str:
    """What a template says that it does; nothing for one that is not there."""
    try:
        text = files("workspace_templates").joinpath(label).read_text("utf-8")
    except OSError:
        return ""
    said = text.removeprefix('"""').partition('"""')[0] if text.startswith('"""') else ""
    return said.strip().partition("\n")[0]
