"""Pictures as rows of pixels: whole pictures one after the other, each line by line."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image


def read_pixels(data_dir: Path, folder: str, suffixes: Sequence[str]) -> pd.DataFrame:
    """List the pixels of all pictures in a folder: its picture's number, row, column, and shade.

    Pictures are sorted by path; shades are grey, from 0 (black) to 1. A folder that is not there
    has none.
    """
    parts = [np.empty((0, 4), dtype="float32")]
    for number, path in enumerate(list_pictures(data_dir, folder, suffixes)):
        shades = read_shades(path)
        high, broad = shades.shape
        part = np.empty((high * broad, 4), dtype="float32")
        part[:, 0] = number
        part[:, 1:3] = np.indices((high, broad)).reshape(2, -1).T
        part[:, 3] = shades.reshape(-1)
        parts.append(part)
    pixels = pd.DataFrame(np.concatenate(parts), columns=["picture", "row", "column", "shade"])
    return pixels.astype({"picture": "int32", "row": "int32", "column": "int32"})


def list_pictures(data_dir: Path, folder: str, suffixes: Sequence[str]) -> list[Path]:
    """List the pictures below a folder by path, hidden ones left out."""
    found = [path for path in (data_dir / folder).rglob("*") if path.suffix.lower() in suffixes]
    return sorted((p for p in found if p.is_file() and p.name[0] != "."), key=Path.as_posix)


def read_shades(path: Path) -> np.ndarray:
    """Read a picture as shades of grey from 0 to 1: shape (rows, columns), float32."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"), dtype="float32") / np.float32(255.0)


def shades_of_partners(
    data_dir: Path, folder: str, suffixes: Sequence[str], partners: str, scale: float
) -> np.ndarray:
    """Read what each pixel becomes: the shade in the picture of the same name in `partners`."""
    parts = [np.empty(0)]
    for path in list_pictures(data_dir, folder, suffixes):
        partner = data_dir / partners / path.name
        if partner.is_file():
            parts.append(read_shades(partner).reshape(-1).astype("float64") * scale)
        else:
            parts.append(np.full(read_shades(path).size, np.nan))
    return np.concatenate(parts)


def stack_pixels(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Put the test's pixels below those of train; its pictures are counted on."""
    columns = ["picture", "row", "column", "shade"]
    counted = test[columns].assign(picture=test["picture"] + len(train["picture"].unique()))
    return pd.concat([train[columns], counted.astype({"picture": "int32"})], ignore_index=True)


def masks_of_partners(
    data_dir: Path, folder: str, suffixes: Sequence[str], partners: str
) -> np.ndarray:
    """Read whether each pixel is in the mask of the same name in `partners`: 1 or 0.

    A mask may have another suffix; nan where there is none.
    """
    masks = {path.stem: path for path in list_pictures(data_dir, partners, suffixes)}
    parts = [np.empty(0)]
    for path in list_pictures(data_dir, folder, suffixes):
        if path.stem in masks:
            parts.append(read_mask(masks[path.stem]).reshape(-1).astype("float64"))
        else:
            parts.append(np.full(read_shades(path).size, np.nan))
    return np.concatenate(parts)


def read_mask(path: Path) -> np.ndarray:
    """Read where a mask is bright: more than half as light as its lightest pixel, or half of white.

    The latter for lossy files, which have specks even where there is no mask.
    """
    with Image.open(path) as picture:
        deep = picture.mode[0] in "IF"
        shades = np.asarray(picture if deep else picture.convert("L"), dtype="float64")
    lossy = path.suffix.lower() in (".jpg", ".jpeg")
    return shades > (127 if lossy else shades.max(initial=0.0) / 2)
