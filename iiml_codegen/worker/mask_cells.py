"""Masks as cells: run lengths read back into pictures, and what is wrong with some.

A cell lists `start length` of each run of pixels in the mask; how pixels are counted says
`plan.MaskRuns`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .plan import MaskRuns

Size = tuple[int, int]
Trouble = tuple[str, str, str, int]
"""Code, message, hint, and the place of the cell."""


def pairs_of(cell: str) -> list[tuple[int, int]] | None:
    """Starts and lengths; None for what is no list of pairs of whole numbers."""
    words = cell.split()
    if len(words) % 2 or not all(word.isdecimal() for word in words):
        return None
    return list(zip(map(int, words[::2]), map(int, words[1::2]), strict=True))


def mask_from(cell: str, size: Size, runs: MaskRuns) -> npt.NDArray[np.bool_] | None:
    """The mask that a cell tells of a picture of so many rows and columns; None if it tells none.

    It tells none where pairs are no pairs, or lie beyond the picture.
    """
    flat = np.zeros(size[0] * size[1], np.bool_)
    pairs = pairs_of("" if cell.strip() == runs.none else cell)
    for start, length in pairs or ():
        first = start - runs.first
        if first < 0 or first + length > len(flat):
            return None
        flat[first : first + length] = True
    if pairs is None:
        return None
    return flat.reshape(size[::-1]).T if runs.down else flat.reshape(size)


def wrong_runs(cell: str, size: Size, runs: MaskRuns) -> tuple[str, str] | None:
    """Code and message of what is wrong with the cell of one picture; None where all is well."""
    pairs = pairs_of(cell)
    if pairs is None:
        return "IIML605", "no pairs of start and length"
    pixels = size[0] * size[1]
    if any(length < 1 for _, length in pairs):
        return "IIML607", "a run without a pixel"
    if any(not runs.first <= start <= runs.first + pixels - length for start, length in pairs):
        return "IIML607", f"a run beyond the {pixels:,} pixels of its picture"
    if any(start + length > later for (start, length), (later, _) in pairwise(pairs)):
        return "IIML607", "runs that overlap or are not sorted"
    return None


def mask_troubles(
    cells: Sequence[str | None], sizes: Sequence[Size], runs: MaskRuns
) -> Iterator[Trouble]:
    """The first cell of a submission that tells no mask; `sizes` are those of its pictures."""
    for row, (cell, size) in enumerate(zip(cells, sizes, strict=True)):
        told = "" if cell is None else str(cell).strip()
        if told == runs.none:
            continue
        if not told:
            hint = f"The mask of a picture without any is written {runs.none}."
            yield "IIML604", "a mask is empty", hint, row
            return
        wrong = wrong_runs(told, size, runs)
        if wrong is not None:
            way = "down the columns" if runs.down else "along the lines"
            hint = f"Pairs of start and length, pixels counted {way} from {runs.first}."
            yield wrong[0], f"a mask has {wrong[1]}: {told[:40]}", hint, row
            return
