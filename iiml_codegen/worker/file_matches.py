"""Which columns name files: a value is a file's name, its stem, its path or its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .file_groups import Group

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = 5_000
ENOUGH = 0.2
LONGEST = 300


def file_matches(frame: pd.DataFrame, groups: list[Group]) -> list[dict[str, Any]]:
    """For each column and group the path in which `{}` stands for a value, and how often it is so.

    The column that names rows best comes first; below a fifth it is chance.
    """
    found: list[dict[str, Any]] = []
    for name in frame.columns if groups else ():
        values = distinct_texts(frame[name])
        for group in groups if values else ():
            best = max(
                ((share(values, named), path) for path, named in spellings(group)),
                key=lambda pair: pair[0],
            )
            if best[0] >= ENOUGH:
                found.append({"column": str(name), "path": best[1], "share": round(best[0], 4)})
    return sorted(found, key=lambda match: -match["share"])


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


def spellings(group: Group) -> list[tuple[str, set[str]]]:
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


def of_several(group: Group) -> list[tuple[str, set[str]]]:
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
