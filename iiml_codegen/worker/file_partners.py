"""Files that say something about other files of the same names: a text or a JSON document each."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

from .column_facts import column_facts
from .file_groups import Group, suffix_of

ENOUGH = 0.9
LOOKED_AT = 2_000
LONGEST = 20_000


def partners(folder: Path, groups: list[Group]) -> dict[str, dict[str, Any]]:
    """For each group of texts that repeats another group's names: whose, and its fields."""
    found = {}
    for group in groups:
        partner = partner_of(group, groups) if group.kind == "text" else None
        if partner:
            found[group.path] = {"partner_of": partner.path, "fields": fields(folder, group)}
    return found


def partner_of(group: Group, groups: list[Group]) -> Group | None:
    """The group of another kind whose stems nearly all of these files have."""
    stems = {PurePosixPath(part).stem for part in group.parts()}
    for other in groups:
        theirs = {PurePosixPath(part).stem for part in other.parts()}
        if other.kind != group.kind and len(stems & theirs) >= ENOUGH * len(stems | theirs):
            return other
    return None


def fields(folder: Path, group: Group) -> list[dict[str, Any]]:
    """Plain `ColumnInfo`s of what the files hold; none where they are long texts."""
    import pandas as pd

    picked = [folder / path for path in group.paths[:LOOKED_AT]]
    if any(path.stat().st_size > LONGEST for path in picked[:100]):
        return []
    rows = [content(path) for path in picked]
    texts = pd.DataFrame(rows).astype("object")
    frame = pd.DataFrame({name: typed(texts[name]) for name in texts.columns})
    written = texts.map(as_written).where(texts.notna())
    return column_facts(frame, lambda names: written[names])


def content(path: Path) -> dict[str, Any]:
    """A JSON document's fields, or the whole text as a field `text`."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace").strip()
    if suffix_of(path.name) == ".json":
        try:
            read = json.loads(text)
        except ValueError:
            return {"text": text}
        if isinstance(read, dict):
            return {name: v for name, v in read.items() if not isinstance(v, (dict, list))}
    return {"text": text}


def typed(values: Any) -> Any:
    """Numbers where all values are."""
    import pandas as pd

    known = values.dropna()
    numbers = pd.to_numeric(known, errors="coerce")
    if len(known) and numbers.notna().all() and not known.map(lambda v: isinstance(v, bool)).any():
        return pd.to_numeric(values)
    return values.map(as_written).where(values.notna()).astype("str")


def as_written(value: Any) -> str:
    """A value as JSON writes it, texts without quotes."""
    return value if isinstance(value, str) else json.dumps(value)
