"""Pictures as numbers: size, colours, shape, texture."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from workspace_templates.recipes.edges import edge_shares
from workspace_templates.recipes.shades import in_eight_bits

PICTURE_SIDE = 64
SHADES = 8


def image_statistics(paths: Sequence[Path], name: str = "image") -> pd.DataFrame:
    """Measure size, colours, edges and texture: one row per file.

    A file that is missing or no picture is a row of gaps.
    """
    rows = [describe_image(path) for path in paths]
    return pd.DataFrame(rows, index=range(len(rows))).astype("float32").add_prefix(f"{name}_")


def describe_image(path: Path) -> dict[str, float]:
    """One row of `image_statistics`; empty where the file cannot be read."""
    try:
        with Image.open(path) as opened:
            width, height = opened.size
            opened.draft("RGB", (2 * PICTURE_SIDE, 2 * PICTURE_SIDE))
            whole = in_eight_bits(opened)
        small = whole.resize((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.BOX)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return {}
    colours = np.asarray(small, dtype="float64") / 255.0
    grey = colours.mean(axis=2)
    row = {"width": float(width), "height": float(height), "aspect": width / height}
    return {
        **row,
        **colour_statistics(small, colours),
        **edge_statistics(grey),
        **texture_statistics(grey),
    }


def colour_statistics(small: Image.Image, colours: np.ndarray) -> dict[str, float]:
    """Mean and spread of each channel, and how often each hue, saturation and brightness occurs."""
    row = {}
    for place, channel in enumerate(("red", "green", "blue")):
        row[f"{channel}_mean"] = float(colours[:, :, place].mean())
        row[f"{channel}_spread"] = float(colours[:, :, place].std())
    shades = np.asarray(small.convert("HSV")).reshape(-1, 3)
    for place, channel in enumerate(("hue", "saturation", "brightness")):
        counts = np.bincount(shades[:, place] // (256 // SHADES), minlength=SHADES)
        row |= {f"{channel}_{k}": float(c) for k, c in enumerate(counts / len(shades))}
    return row


def edge_statistics(grey: np.ndarray) -> dict[str, float]:
    """How strong edges are, and which share of them has each place and direction."""
    shares = edge_shares(grey[None])[0]
    row = {f"edge_{r}_{c}_{k}": float(value) for (r, c, k), value in np.ndenumerate(shares)}
    return {"edges": float(np.hypot(*np.gradient(grey)).mean()), **row}


def texture_statistics(grey: np.ndarray) -> dict[str, float]:
    """How many of its eight neighbours a pixel is darker than, and in how many stretches.

    Rotation-invariant uniform local binary patterns (Ojala et al. 2002).
    """
    inner = grey[1:-1, 1:-1]
    ring = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))
    high, wide = inner.shape
    lighter = np.stack([grey[r : r + high, c : c + wide] > inner + 0.004 for r, c in ring])
    changes = (lighter != np.roll(lighter, 1, axis=0)).sum(axis=0)
    pattern = np.where(changes <= 2, lighter.sum(axis=0), 9)
    counts = np.bincount(pattern.ravel(), minlength=10) / pattern.size
    return {f"texture_{k}": float(share) for k, share in enumerate(counts)}
