"""Columns of run lengths that say the same as pictures of masks, and how they count pixels."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .layouts.picture_masks import mask_of
from .mask_cells import mask_from
from .plan import MaskRuns

if TYPE_CHECKING:
    import pandas as pd

LOOKED_AT = 200
COMPARED = 20
RUNS = re.compile(r"\d+ \d+(?: \d+ \d+)*")
WAYS = tuple(MaskRuns(down, first) for first in (1, 0) for down in (True, False))
"""Ways to count pixels, the commonest first."""
NO_MASK = "-1"
PICTURES = (".png", ".gif", ".bmp", ".tif", ".tiff", ".jpg", ".jpeg")


def mask_matches(
    folder: Path,
    frame: pd.DataFrame,
    matches: list[dict[str, Any]],
    texts_of: Callable[[list[str]], pd.DataFrame],
) -> list[dict[str, Any]]:
    """Plain `ToldMasks`: pictures are opened only where a table has run lengths for their names.

    `matches` say which columns name files; `texts_of` reads columns as they are written.
    """
    found = []
    columns = run_columns(frame) if matches else []
    for match in matches:
        path = match["path"]
        if not path.lower().endswith(PICTURES) or "*" in path:
            continue
        for column in columns:
            rows = texts_of([match["column"], column])
            some = frame[column].notna() & (rows[column] != NO_MASK)
            rows = rows.loc[some, [match["column"], column]].head(COMPARED)
            told = [(folder / path.replace("{}", str(k)), str(cell)) for k, cell in rows.to_numpy()]
            way = way_of([(file, cell) for file, cell in told if file.is_file()])
            if way is not None:
                place = {"table": match["table"], "key": match["column"], "column": column}
                found.append({**place, "path": path, "down": way.down, "first": way.first})
    return found


def run_columns(frame: pd.DataFrame) -> list[str]:
    """Columns whose cells are run lengths, as far as they are looked at."""
    found = []
    for name in frame.columns:
        cells = frame[name].dropna().head(LOOKED_AT)
        if frame[name].dtype.kind not in "biufcmM" and len(cells):
            texts = cells.astype(str).str.strip()
            if texts[texts != NO_MASK].map(lambda text: bool(RUNS.fullmatch(text))).all():
                found.append(str(name))
    return found


def way_of(told: list[tuple[Path, str]]) -> MaskRuns | None:
    """The way to count by which all cells say what their pictures show; None if no way does."""
    if not told:
        return None
    try:
        masks = [mask_of(file) for file, _ in told]
    except OSError:
        return None
    for way in WAYS:
        read = [
            mask_from(cell, mask.shape, way) for (_, cell), mask in zip(told, masks, strict=True)
        ]
        if all(r is not None and (r == m).all() for r, m in zip(read, masks, strict=True)):
            return way
    return None
