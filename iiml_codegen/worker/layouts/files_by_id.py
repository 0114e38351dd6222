"""Media that belong to rows: files whose paths hold the value of a column."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..plan import MediaFiles
from .linking import bring
from .parts import Rows
from .split import Side, Split, inside

if TYPE_CHECKING:
    import pandas as pd

TEXT_COLUMN = "file_text"


class FilesById:
    """The part of one kind of files; see `parts.Part`.

    A withheld row's file goes where the test's files lie, under the row's new name.
    """

    def __init__(self, folder: Path, media: MediaFiles, text_column: str = TEXT_COLUMN) -> None:
        self.folder = folder
        self.media = media
        self.text_column = text_column

    def handled(self, rows: Rows) -> tuple[str, ...]:
        """The fixed beginnings of both paths; folders of the values where these are whole paths."""
        patterns = (self.media.train, self.media.test)
        found = {fixed_part(pattern) for pattern in patterns if fixed_part(pattern)}
        sides: tuple[Side, ...] = ("train", "test")
        for side, pattern in zip(sides, patterns, strict=True):
            if pattern.startswith("{}"):
                values = rows.texts(side, self.media.column) or []
                found |= {value.partition("/")[0] for value in values if "/" in value}
        return tuple(sorted(found))

    def joined(
        self, train: pd.DataFrame, test: pd.DataFrame, rows: Rows
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Contents as a column, where the files are texts."""
        if self.media.kind != "text":
            return train, test
        import pandas as pd

        frames: list[pd.DataFrame] = []
        sides: tuple[tuple[Side, pd.DataFrame], ...] = (("train", train), ("test", test))
        for side, frame in sides:
            paths = self.paths(side, rows)
            texts = pd.Series([text_of(path) for path in paths], dtype=object)
            frames.append(frame.reset_index(drop=True).assign(**{self.text_column: texts}))
        return frames[0], frames[1]

    def paths(self, side: Side, rows: Rows) -> list[Path]:
        """The file of each row of a side, whether it exists or not."""
        pattern = self.media.train if side == "train" else self.media.test
        values = rows.texts(side, self.media.column) or []
        return [self.folder / filled(pattern, value) for value in values]

    def write_view(self, out: Path, rows: Rows, split: Split) -> None:
        """All files where they are."""
        self._bring(out, rows, split)

    def write_shadow(self, out: Path, rows: Rows, split: Split) -> None:
        """Files of the shadow's rows alone."""
        self._bring(out, rows, split)

    def permute_labels(self, copy: Path, rows: Rows, given: dict[int, int]) -> None:
        """Media hold no labels."""

    def _bring(self, out: Path, rows: Rows, split: Split) -> None:
        column = self.media.column
        for side, positions, withheld in split.parts():
            values, paths = rows.texts(side, column), self.paths(side, rows)
            as_train = side == "train" and not withheld
            pattern = self.media.train if as_train else self.media.test
            for row in positions.tolist() if values else []:
                new = split.names.of(column, side, (values or [])[row], withheld=withheld)
                if paths[row].is_file():
                    bring(paths[row], out / filled(pattern, new))


def filled(pattern: str, value: str) -> str:
    """A path with a row's value in it; raises DataError where that leads out of the folder."""
    return inside("", pattern.replace("{}", value))


def fixed_part(pattern: str) -> str:
    """The folder in which the paths of a pattern begin; "" for the competition itself."""
    parent = PurePosixPath(pattern.partition("{}")[0] + "x").parent
    return "" if str(parent) == "." else str(parent)


def text_of(path: Path) -> str | None:
    """The contents of a text file; None if there is none."""
    if not path.is_file():
        return None
    return path.read_bytes().decode("utf-8-sig", "replace")


def text_columns(media: tuple[MediaFiles, ...]) -> list[str]:
    """The column for the contents of each kind of files: the second text gets a number."""
    found: list[str] = []
    texts = 0
    for one in media:
        texts += one.kind == "text"
        found.append(TEXT_COLUMN if texts <= 1 else f"{TEXT_COLUMN}_{texts}")
    return found
