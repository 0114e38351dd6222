"""Files that are no tables, seen together: which folder holds what, and what tells them apart.

A group is what one sentence could describe: "the pictures in `train`", "one `geometry.xyz` for
each folder below `test`". Its path has `{}` for the part that differs.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from .called_tables import called_tables
from .name_labels import name_labels
from .reading import is_ours_to_read

KINDS: dict[str, frozenset[str]] = {
    "image": frozenset(
        [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".dcm", ".ppm", ".pgm"]
    ),
    "audio": frozenset([".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff", ".m4a", ".opus"]),
    "video": frozenset([".mp4", ".avi", ".mov", ".mkv", ".webm"]),
    "atoms": frozenset([".xyz", ".cif", ".pdb", ".mol", ".mol2", ".sdf", ".poscar"]),
    "numbers": frozenset(
        [".npy", ".npz", ".mat", ".dat", ".csv", ".tsv", ".parquet", ".h5", ".hdf5"]
    ),
    "text": frozenset([".txt", ".json", ".html", ".htm", ".md", ".xml", ".rtf"]),
}
SPLIT_WORDS = frozenset(
    [
        "train",
        "training",
        "test",
        "testing",
        "valid",
        "validation",
        "val",
        "eval",
        "dev",
        "holdout",
        "public",
        "private",
    ]
)
CONTENT_WORDS = frozenset(
    [
        "image",
        "images",
        "img",
        "imgs",
        "picture",
        "pictures",
        "photo",
        "photos",
        "audio",
        "sound",
        "sounds",
        "wav",
        "wavs",
        "clip",
        "clips",
        "video",
        "videos",
        "text",
        "texts",
        "document",
        "documents",
        "file",
        "files",
        "data",
        "input",
        "inputs",
        "mask",
        "masks",
        "label",
        "labels",
        "annotation",
        "annotations",
        "target",
        "targets",
        "meta",
        "metadata",
    ]
)
FEWEST = 5
SHOWN = 5
SAME_NAMES = 0.9
MOST_CLASSES = 2_000


@dataclass
class Folder:
    """One folder with its own files by suffix, and the folders below it."""

    path: str
    names: dict[str, list[str]] = field(default_factory=dict)
    below: list[Folder] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The last part of the path, in lower case."""
        return PurePosixPath(self.path).name.lower()

    def files(self) -> Iterator[str]:
        """Paths of all files at any depth, sorted within each folder."""
        for names in self.names.values():
            yield from (joined(self.path, name) for name in names)
        for folder in self.below:
            yield from folder.files()

    def suffixes(self) -> frozenset[str]:
        """Suffixes at any depth."""
        return frozenset(self.names).union(*(folder.suffixes() for folder in self.below))


@dataclass(frozen=True)
class Group:
    """As `domain.inventory.FileGroup`, with all of its files (paths in the competition)."""

    folder: str
    path: str
    kind: str
    paths: tuple[str, ...]
    classes: dict[str, int] = field(default_factory=dict)

    def parts(self) -> list[str]:
        """What stands for `{}` in each file's path."""
        before, _, after = self.path.partition("{}")
        return [path[len(before) : len(path) - len(after)] for path in self.paths]

    def plain(self) -> dict[str, object]:
        """The plain `FileGroup`."""
        stems = [] if self.classes else [PurePosixPath(path).stem for path in self.paths]
        return {
            "folder": self.folder,
            "path": self.path,
            "kind": self.kind,
            "suffixes": sorted({suffix_of(path) for path in self.paths}),
            "files": len(self.paths),
            "examples": list(self.paths[:SHOWN]),
            "classes": self.classes,
            "labels": name_labels(stems),
        }


def joined(folder: str, name: str) -> str:
    """A path inside the competition, with slashes."""
    return f"{folder}/{name}" if folder else name


def suffix_of(path: str) -> str:
    """The last suffix, in lower case."""
    return PurePosixPath(path).suffix.lower()


def kind_of_suffix(suffix: str) -> str:
    """What files with this suffix hold."""
    return next((kind for kind, known in KINDS.items() if suffix in known), "other")


def look(root: Path, inside: str = "") -> Folder:
    """Everything below a folder, by name; hidden files and what a solve writes are left out.

    Links to folders are followed once: a folder that holds itself is not entered again.
    """
    found = Folder(inside)
    with os.scandir(root) as entries:
        ours = [e for e in entries if is_ours_to_read(Path(e.path)) and e.name != "__MACOSX"]
    for entry in sorted(ours, key=lambda e: e.name):
        if entry.is_dir():
            loops = root.resolve().is_relative_to(Path(entry.path).resolve())
            if not loops and (inside or entry.name != "iiml"):
                found.below.append(look(Path(entry.path), joined(inside, entry.name)))
        elif entry.is_file():
            found.names.setdefault(suffix_of(entry.name), []).append(entry.name)
    return found


def without_parted(folder: Folder, is_table: Callable[[str], bool]) -> tuple[Folder, list[str]]:
    """The folder without tables in folders such as `sales/shop=3/0.parquet`, and their paths."""
    found: list[str] = []
    below = []
    for child in folder.below:
        if any("=" in inner.name for inner in child.below) and is_table(child.path):
            found.append(child.path)
            continue
        left, inside = without_parted(child, is_table)
        below.append(left)
        found += inside
    return Folder(folder.path, folder.names, below), found


def groups_of(folder: Folder) -> list[Group]:
    """The groups at and below a folder; files that are too few for a group are in none.

    Nor are tables by what they are called, such as `data/train.csv` and what lies beside it.
    """
    return _groups(_without_tables(folder))


def _without_tables(folder: Folder) -> Folder:
    tables = called_tables([name for names in folder.names.values() for name in names])
    left = {
        suffix: [name for name in names if name not in tables]
        for suffix, names in folder.names.items()
    }
    names = {suffix: some for suffix, some in left.items() if some}
    return Folder(folder.path, names, [_without_tables(child) for child in folder.below])


def _groups(folder: Folder) -> list[Group]:
    found = [
        Group(folder.path, joined(folder.path, f"{{}}{written(names)}"), kind, paths(folder, names))
        for kind, names in by_kind(folder).items()
        if len(names) >= FEWEST and folder.path
    ]
    together = siblings(folder)
    if together:
        return [*found, *together]
    return [*found, *(group for child in folder.below for group in _groups(child))]


def by_kind(folder: Folder) -> dict[str, list[str]]:
    """A folder's own files by what they hold; suffixes of one kind stand together."""
    kinds: dict[str, list[str]] = {}
    for suffix, names in sorted(folder.names.items()):
        kind = kind_of_suffix(suffix)
        kinds.setdefault(kind if kind != "other" else suffix, []).extend(names)
    return {("other" if k not in KINDS else k): sorted(names) for k, names in kinds.items()}


def written(names: list[str]) -> str:
    """The suffix as written, if all names share one; else it is part of what differs."""
    suffixes = {PurePosixPath(name).suffix for name in names}
    return suffixes.pop() if len(suffixes) == 1 else ""


def paths(folder: Folder, names: list[str]) -> tuple[str, ...]:
    """Names as paths in the competition."""
    return tuple(joined(folder.path, name) for name in names)


def siblings(folder: Folder) -> list[Group]:
    """Groups of folders that stand for one thing each: a row's files, or a class."""
    children = [child for child in folder.below if child.suffixes()]
    if len(children) < 2 or not alike(children):
        return []
    each = rows_by_folder(folder, children)
    return each or class_folders(folder, children)


def alike(children: list[Folder]) -> bool:
    """True unless folders' names say what they hold or which part they are."""
    names = {child.name for child in children}
    words = {word for name in names for word in re.split(r"[\W\d_]+", name)}
    if names & CONTENT_WORDS or words & SPLIT_WORDS:
        return False
    kinds = {kind_of_suffix(s) for child in children for s in child.suffixes()}
    return len(kinds) == 1 or len(children) >= FEWEST


def rows_by_folder(folder: Folder, children: list[Folder]) -> list[Group]:
    """One group per file name that nearly every folder has, such as `{}/geometry.xyz`."""
    counts = Counter(name for c in children for names in c.names.values() for name in names)
    common = [name for name, n in counts.items() if n >= SAME_NAMES * len(children)]
    if not common or len(children) < FEWEST:
        return []
    return [
        Group(
            folder.path,
            joined(folder.path, f"{{}}/{name}"),
            kind_of_suffix(suffix_of(name)),
            tuple(
                joined(child.path, name)
                for child in children
                if name in child.names.get(suffix_of(name), ())
            ),
        )
        for name in sorted(common)
    ]


def class_folders(folder: Folder, children: list[Folder]) -> list[Group]:
    """All files below as one group, counted by folder; nothing where folders hold other things."""
    files = {PurePosixPath(child.path).name: sorted(child.files()) for child in children}
    total = sum(len(names) for names in files.values())
    if total < 2 * len(files) or len(files) > MOST_CLASSES:
        return []
    kinds = Counter(kind_of_suffix(suffix_of(path)) for some in files.values() for path in some)
    kind = kinds.most_common(1)[0][0]
    chosen = {
        name: [path for path in some if kind_of_suffix(suffix_of(path)) == kind]
        for name, some in files.items()
    }
    every = tuple(path for name in sorted(chosen) for path in chosen[name])
    counts = {name: len(some) for name, some in sorted(chosen.items()) if some}
    return [Group(folder.path, joined(folder.path, "{}"), kind, every, counts)]
