"""Which columns name files: a value is a file's name, its stem, its path or its folder."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .file_groups import Group
from .reading import kind_of

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = 5_000
ENOUGH = 0.2
LONGEST = 300
PADDING = re.compile(r"(?<!\d)0+(?=\d)")
Ways = list[tuple[str, set[str]]]


def file_matches(
    frame: pd.DataFrame, groups: list[Group], texts_of: Callable[[list[str]], pd.DataFrame]
) -> list[dict[str, Any]]:
    """For each column and group the path in which `{}` stands for a value, and how often it is so.

    The column that names rows best comes first; below a fifth it is chance. `texts_of` reads
    columns again, each cell as it is written: files are called by `007`, which reads as 7.
    """
    ways = [spellings(group) for group in groups]
    unpadded = {PADDING.sub("", name) for some in ways for _, named in some for name in named}
    found: list[dict[str, Any]] = []
    for name in frame.columns if groups else ():
        values = distinct_texts(frame[name])
        if values and kind_of(frame[name]) in ("int", "float"):
            named_so = share(values, unpadded) >= ENOUGH
            values = distinct_texts(texts_of([str(name)])[str(name)]) if named_so else []
        found += [{"column": str(name), **match} for match in matches(values, ways)]
    return sorted(found, key=lambda match: -match["share"])


def matches(values: list[str], groups: list[Ways]) -> list[dict[str, Any]]:
    """The best path of each group, where values name its files."""
    found = []
    for ways in groups if values else ():
        best, path = max(
            ((share(values, named), path) for path, named in ways), key=lambda pair: pair[0]
        )
        if best >= ENOUGH:
            found.append({"path": path, "share": round(best, 4)})
    return found


def distinct_texts(values: pd.Series) -> list[str]:
    """Distinct values as short texts; none for numbers with fractions, which name nothing."""
    present = values.dropna()
    if present.dtype.kind == "f":
        if not (present % 1 == 0).all():
            return []
        present = present.astype("int64")
    if present.dtype.kind == "b" or not len(present):
        return []
    texts = present.drop_duplicates().head(LOOKED_AT).astype(str)
    return [text for text in texts if len(text) <= LONGEST]


def spellings(group: Group) -> Ways:
    """Ways to name a group's files, as (path with `{}` for the value, all names)."""
    before, _, after = group.path.partition("{}")
    parts = group.parts()
    ways = [(group.path, set(parts)), (f"{before}{{}}", {part + after for part in parts})]
    if before:
        ways.append(("{}", set(group.paths)))
    folder = group.folder.rpartition("/")[2]
    if folder and before == f"{group.folder}/":
        ways.append(
            (f"{group.folder[: -len(folder)]}{{}}", {f"{folder}/{p}{after}" for p in parts})
        )
    return [*ways, *of_several(group)]


def of_several(group: Group) -> Ways:
    """Ways to name several files at once: by their folder, or by what stands before a number."""
    if group.classes:
        return [(f"{group.folder}/{{}}/*", set(group.classes))]
    before, _, after = group.path.partition("{}")
    if before and not before.endswith("/"):
        return []
    parts = group.parts()
    found = []
    for joint in ("-", "_"):
        owners = {part.rpartition(joint)[0] for part in parts if joint in part}
        if 0 < len(owners) < len(parts):
            found.append((f"{before}{{}}{joint}*{after}", owners))
    return found


def share(values: list[str], names: set[str]) -> float:
    """Which part of the values are names."""
    return sum(value in names for value in values) / len(values)
