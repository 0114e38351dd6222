"""Layout: pictures with masks; rows are pixels, in the mask or not, and whole pictures are asked.

As `picture_pixels`, but for what an answer is, and for the sample: it has a row for each picture.
A mask has the name of its picture, perhaps with another suffix.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..errors import DataError
from .picture_pixels import PicturePixels, pictures_in
from .split import Side

if TYPE_CHECKING:
    import pandas as pd

LOSSY = (".jpg", ".jpeg")
HALF = 127


class PictureMasks(PicturePixels):
    """Adapter for pictures whose masks are the answers; see `layouts.Layout`."""

    @cached_property
    def partners(self) -> dict[str, str]:
        """The path of each mask by its stem."""
        found = pictures_in(self.folder, self.pairs.answers, self.pairs)
        return {PurePosixPath(path).stem: path for path in found}

    def labels(self) -> pd.DataFrame:
        """1 for each pixel in the mask of its picture, else 0; NaN where there is no mask."""
        import pandas as pd

        told = []
        for file, size in zip(self.files["train"], self.sizes["train"], strict=True):
            partner = self.folder / self.partner(file)
            mask = mask_of(partner) if partner.is_file() else np.full(size, np.nan)
            if mask.shape != size:
                raise DataError(f"{self.partner(file)} is not of the size of {file}")
            told.append(mask.reshape(-1).astype(np.float64))
        return pd.DataFrame({self.task.targets[0]: np.concatenate(told)})

    def texts(self, side: Side, column: str) -> list[str] | None:
        """The names of pictures: what the sample asks for."""
        if column != self.task.id_column:
            return None
        return self._ids(self.files[side], self.sizes[side])

    def partner(self, file: str) -> str:
        """The path of the mask of a training picture."""
        stem = PurePosixPath(file).stem
        return self.partners.get(stem, f"{self.pairs.answers}/{stem}")

    def _ids(self, files: list[str], sizes: list[tuple[int, int]]) -> list[str]:
        return [PurePosixPath(file).stem for file in files]


def mask_of(path: Path) -> npt.NDArray[np.bool_]:
    """Where a mask is bright: more than half as light as its lightest pixel.

    Lossy files have specks even where there is no mask; there it is half of white.
    """
    from PIL import Image

    with Image.open(path) as picture:
        deep = picture.mode[0] in "IF"
        shades = np.asarray(picture if deep else picture.convert("L"), np.float64)
    half = HALF if path.suffix.lower() in LOSSY else shades.max(initial=0.0) / 2
    return np.asarray(shades > half)
