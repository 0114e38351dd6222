"""Pictures that stand in columns, one column for each pixel."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from workspace_templates.recipes.edges import edge_shares

BLOCKS = 7
NUMBERS_AT_ONCE = 2_000_000
MARKS = re.compile(r"[,;\[\]()]")


def shades_of_columns(
    rows: pd.DataFrame,
    columns: Sequence[str],
    wide: int,
    darkest: float,
    brightest: float,
    colours: int = 1,
    planes: bool = False,
) -> pd.DataFrame:
    """Read columns as shades from 0 (dark) to 255, in bytes; what is no number is dark.

    Pixels come line by line, `wide` of them, with their colours side by side; in the columns, each
    colour may have a plane of its own. They are called by their place: "0_0" or "0_0_0" is the
    first.
    """
    shades = np.empty((len(rows), len(columns)), dtype="uint8")
    for place, column in enumerate(columns):
        codes, cells = pd.factorize(rows[column])  # few shades are in many rows: each is read once
        read = pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy("float64")
        shades[:, place] = np.append(in_bytes(read, darkest, brightest), 0)[codes]  # gaps: the last
    return laid_out(shades, wide, colours, planes)


def shades_in_cells(
    cells: pd.Series,
    pixels: int,
    wide: int,
    darkest: float,
    brightest: float,
    colours: int = 1,
    planes: bool = False,
) -> pd.DataFrame:
    """Read the numbers in each cell as shades, as `shades_of_columns` reads columns.

    A cell without so many numbers is dark where they are missing.
    """
    shades = np.zeros((len(cells), pixels), dtype="uint8")
    for place, cell in enumerate(cells.fillna("")):
        words = MARKS.sub(" ", str(cell)).split()[:pixels]
        try:
            read = np.array(words, dtype="float64")
        except ValueError:
            read = pd.to_numeric(pd.Series(words), errors="coerce").to_numpy("float64")
        shades[place, : len(read)] = in_bytes(read, darkest, brightest)
    return laid_out(shades, wide, colours, planes)


def in_bytes(read: np.ndarray, darkest: float, brightest: float) -> np.ndarray:
    """Shades from 0 to 255 of numbers from `darkest` to `brightest`: others are cut, gaps dark."""
    share = np.nan_to_num((read - darkest) / max(brightest - darkest, 1e-9))
    return np.asarray(np.clip(np.rint(255.0 * share), 0, 255), dtype="uint8")


def laid_out(shades: np.ndarray, wide: int, colours: int, planes: bool) -> pd.DataFrame:
    """Shades by the names of their places, the colours of a pixel side by side."""
    shape = (shades.shape[1] // (wide * colours), wide, colours)
    if planes:
        apart = shades.reshape(len(shades), colours, shape[0] * wide)
        shades = apart.transpose(0, 2, 1).reshape(shades.shape)
    names = ["_".join(map(str, one if colours > 1 else one[:2])) for one in np.ndindex(shape)]
    return pd.DataFrame(shades, columns=names)


def pictures_of_shades(shades: pd.DataFrame) -> np.ndarray:
    """Lay shades out as pictures, by the names of their columns: (rows, high, wide, colours)."""
    high, wide, *colours = [int(part) + 1 for part in str(shades.columns[-1]).split("_")]
    return shades.to_numpy("uint8").reshape(len(shades), high, wide, *(colours or [1]))


def raster_statistics(shades: pd.DataFrame, name: str = "picture") -> pd.DataFrame:
    """Measure light, edges in each part of the pictures, and the means of blocks of pixels."""
    pictures = pictures_of_shades(shades)
    rows = max(1, NUMBERS_AT_ONCE // pictures[:1].size) if len(pictures) else 1
    starts = range(0, max(1, len(pictures)), rows)
    parts = [describe_pictures(pictures[start : start + rows]) for start in starts]
    return pd.concat(parts, ignore_index=True).add_prefix(f"{name}_")


def describe_pictures(pictures: np.ndarray) -> pd.DataFrame:
    """One row of numbers for each picture; takes (rows, high, wide, colours)."""
    light = pictures.astype("float32") / np.float32(255.0)
    grey = light.mean(axis=3)
    told = {"mean": grey.mean(axis=(1, 2)), "spread": grey.std(axis=(1, 2))}
    edges, blocks = edge_shares(grey), block_means(light)
    told |= {f"edge_{r}_{c}_{k}": edges[:, r, c, k] for r, c, k in np.ndindex(edges.shape[1:])}
    told |= {f"block_{r}_{c}_{k}": blocks[:, r, c, k] for r, c, k in np.ndindex(blocks.shape[1:])}
    return pd.DataFrame(told, dtype="float32")


def block_means(light: np.ndarray) -> np.ndarray:
    """The mean of each colour in each block of a grid: (rows, blocks, blocks, colours)."""
    high, wide = light.shape[1:3]
    tops, lefts = np.arange(BLOCKS) * high // BLOCKS, np.arange(BLOCKS) * wide // BLOCKS
    sums = np.add.reduceat(np.add.reduceat(light, tops, axis=1), lefts, axis=2)
    sizes = np.diff(tops, append=high)[:, None] * np.diff(lefts, append=wide)
    return np.asarray(sums / sizes[:, :, None])
