"""Layout: pictures become other pictures; rows are pixels, and a partner holds their answers.

A row is known by picture, row and column; pictures go into shadows whole, as nobody could part
them. Pictures are sorted by name, their pixels line by line.
"""

from __future__ import annotations

import shutil
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..errors import DataError
from ..plan import PicturePairs
from ..task import Task
from .linking import bring
from .rest import Rest, files_below
from .sample import Sample
from .split import Positions, Side, rotated

if TYPE_CHECKING:
    import pandas as pd

PICTURE = "picture"
Shades = npt.NDArray[np.float32]


class PicturePixels:
    """Adapter for pictures whose pixels are the answers; see `layouts.Layout`."""

    def __init__(self, folder: Path, task: Task) -> None:
        if task.layout.pixels is None:
            raise DataError("the task does not say which pictures belong together", code="IIML902")
        self.folder, self.task, self.pairs = folder, task, task.layout.pixels
        self.files: dict[Side, list[str]] = {
            "train": pictures_in(folder, self.pairs.train, self.pairs),
            "test": pictures_in(folder, self.pairs.test, self.pairs),
        }
        self.sample = Sample(folder, task)
        handled = [self.pairs.train, self.pairs.answers, self.pairs.test, task.sample_file]
        self.rest = Rest(folder, [name for name in handled if name], task.hidden_columns, ())

    @cached_property
    def sizes(self) -> dict[Side, list[tuple[int, int]]]:
        """Rows and columns of each picture."""
        found = {side: [size_of(self.folder / f) for f in self.files[side]] for side in self.files}
        return dict(found)

    @cached_property
    def train_rows(self) -> int:
        """How many pixels the training pictures have."""
        return sum(high * broad for high, broad in self.sizes["train"])

    @cached_property
    def test_rows(self) -> int:
        """How many pixels the test pictures have."""
        return sum(high * broad for high, broad in self.sizes["test"])

    def wholes(self, side: Side) -> Positions:
        """The picture of each row, as a number."""
        counts = [high * broad for high, broad in self.sizes[side]]
        return np.repeat(np.arange(len(counts)), counts)

    def train(self) -> pd.DataFrame:
        """Training pixels with their places, shades and answers."""
        return self._frame("train").assign(**self.labels())

    def test(self) -> pd.DataFrame:
        """Test pixels with their places and shades."""
        return self._frame("test")

    def labels(self) -> pd.DataFrame:
        """The shade of each pixel's partner, as numbers; NaN where a partner misses."""
        import pandas as pd

        told = []
        for file, size in zip(self.files["train"], self.sizes["train"], strict=True):
            partner = self.folder / self.partner(file)
            shades = shades_of(partner) if partner.is_file() else np.full(size, np.nan)
            if shades.shape != size:
                raise DataError(f"{self.partner(file)} is not of the size of {file}")
            told.append(shades.reshape(-1) * self.pairs.scale)
        return pd.DataFrame({self.task.targets[0]: np.concatenate(told).astype(np.float64)})

    def real_rows(self) -> Positions | None:
        """Pictures are listed in the canonical order."""
        return None

    def texts(self, side: Side, column: str) -> list[str] | None:
        """The ids of pixels, as the sample spells them."""
        if column != self.task.id_column:
            return None
        return self._ids(self.files[side], self.sizes[side])

    def write_view(self, out: Path) -> None:
        """All pictures, without partners."""
        for file in (*self.files["train"], *self.files["test"]):
            bring(self.folder / file, out / file)
        ids = self._ids(self.files["test"], self.sizes["test"])
        self.sample.write(out, self.sample.blank(len(ids)), ids)
        self.rest.bring(out)

    def write_shadow(
        self, out: Path, kept: Positions, withheld: Positions, test: Positions, seed: int
    ) -> Positions:
        """Kept pictures with partners; withheld ones first among the test's, under numbers."""
        for number in self._pictures("train", kept):
            for file in (self.files["train"][number], self.partner(self.files["train"][number])):
                bring(self.folder / file, out / file)
        asked: list[tuple[Side, int]] = [("train", n) for n in self._pictures("train", withheld)]
        asked += [("test", n) for n in self._pictures("test", test)]
        self._write_test(out, asked)
        return np.concatenate([kept, withheld, self.train_rows + test])

    def write_variant(self, out: Path, test: Positions, seed: int, *, renamed: bool) -> None:
        """There are none: pixels cannot be left out, repeated or moved one by one."""
        raise DataError("pixels of pictures cannot be parted", code="IIML902")

    def why_not_renamed(self) -> str:
        """Names of pictures are new in every shadow."""
        return ""

    def is_renewed(self) -> bool:
        """Test pictures are numbered anew."""
        return True

    def permute_labels(self, copy: Path, rows: Positions, seed: int) -> None:
        """Partners of one size change places; one alone in its size is turned upside down."""
        chosen = np.array(self._pictures("train", rows), np.int64)
        sizes = self.sizes["train"]
        for size in sorted({sizes[number] for number in chosen.tolist()}):
            same = np.array([n for n in chosen.tolist() if sizes[n] == size], np.int64)
            for number, other in rotated(same, seed).items():
                target = copy / self.partner(self.files["train"][number])
                target.unlink()
                if number == other:
                    turned_over(self.folder / self.partner(self.files["train"][other]), target)
                else:
                    partner = self.partner(self.files["train"][other])
                    shutil.copyfile(self.folder / partner, target)

    def partner(self, file: str) -> str:
        """The path of the picture that a training picture becomes."""
        return f"{self.pairs.answers}/{PurePosixPath(file).name}"

    def _pictures(self, side: Side, rows: Positions) -> list[int]:
        """The pictures that these rows make up; raises DataError where one is not whole."""
        numbers, counts = np.unique(self.wholes(side)[rows], return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            high, broad = self.sizes[side][number]
            if count != high * broad:
                raise DataError(f"{self.files[side][number]} cannot be parted", code="IIML902")
        return [int(number) for number in numbers]

    def _write_test(self, out: Path, asked: list[tuple[Side, int]]) -> None:
        """Pictures under numbers that sort as they are asked for, and the sample to match."""
        names, sizes = [], []
        for place, (side, number) in enumerate(asked, start=1):
            file = self.files[side][number]
            names.append(f"{self.pairs.test}/{place:06d}{PurePosixPath(file).suffix}")
            sizes.append(self.sizes[side][number])
            bring(self.folder / file, out / names[-1])
        ids = self._ids(names, sizes)
        self.sample.write(out, self.sample.blank(len(ids)), ids)
        self.rest.bring(out)

    def _ids(self, files: list[str], sizes: list[tuple[int, int]]) -> list[str]:
        first = self.pairs.first
        return [
            f"{PurePosixPath(file).stem}_{row + first}_{column + first}"
            for file, (high, broad) in zip(files, sizes, strict=True)
            for row in range(high)
            for column in range(broad)
        ]

    def _frame(self, side: Side) -> pd.DataFrame:
        import pandas as pd

        grids = [np.indices(size).reshape(2, -1) for size in self.sizes[side]]
        places = np.concatenate(grids, axis=1) if grids else np.zeros((2, 0), np.int64)
        shades = [shades_of(self.folder / file).reshape(-1) for file in self.files[side]]
        stems = [PurePosixPath(file).stem for file in self.files[side]]
        return pd.DataFrame(
            {
                PICTURE: pd.Categorical.from_codes(self.wholes(side).tolist(), pd.Index(stems)),
                "row": places[0].astype(np.int32),
                "column": places[1].astype(np.int32),
                "shade": np.concatenate(shades),
            }
        )


def pictures_in(folder: Path, place: str, pairs: PicturePairs) -> list[str]:
    """Paths of the pictures of one folder, sorted; raises DataError where there are none."""
    home = folder / place
    found = files_below(home) if home.is_dir() else []
    files = [path for path in found if path.suffix.lower() in pairs.suffixes]
    if not files:
        raise DataError(f"{place} has no picture {', '.join(pairs.suffixes)}", code="IIML902")
    return [path.relative_to(folder).as_posix() for path in files]


def size_of(path: Path) -> tuple[int, int]:
    """Rows and columns of a picture, for which no pixel is read."""
    from PIL import Image

    with Image.open(path) as picture:
        return picture.height, picture.width


def shades_of(path: Path) -> Shades:
    """A picture as shades of grey from 0 to 1: an array of its rows and columns."""
    from PIL import Image

    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"), np.float32) / np.float32(255.0)


def turned_over(source: Path, target: Path) -> None:
    """Write a picture upside down."""
    from PIL import Image

    with Image.open(source) as picture:
        picture.transpose(Image.Transpose.ROTATE_180).save(target)
