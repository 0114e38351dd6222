"""Media that belong to rows: files whose paths hold the value of a column."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..plan import TABLE_COLUMN, MediaFiles
from .linking import bring
from .parts import Rows
from .split import Side, Split, inside

if TYPE_CHECKING:
    import pandas as pd

TEXT_COLUMN = "file_text"
TABLE_FIELD = f"{{{TABLE_COLUMN}}}"


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
        sides: tuple[Side, ...] = ("train", "test")
        found = set[str]()
        for side in sides:
            values = rows.texts(side, self.media.column) or []
            patterns = set(patterns_of(self.media, side, rows, max(1, len(values))))
            found |= {fixed_part(pattern) for pattern in patterns if fixed_part(pattern)}
            if any(pattern.startswith("{}") for pattern in patterns):
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
            texts = pd.Series([text_of(paths) for paths in self.paths(side, rows)], dtype=object)
            frames.append(frame.reset_index(drop=True).assign(**{self.text_column: texts}))
        return frames[0], frames[1]

    def paths(self, side: Side, rows: Rows) -> list[list[Path]]:
        """The files of each row of a side that are there."""
        values = rows.texts(side, self.media.column) or []
        return files_of(self.folder, values, patterns_of(self.media, side, rows, len(values)))

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
            values, paths = rows.texts(side, column) or [], self.paths(side, rows)
            patterns = patterns_of(self.media, side, rows, len(values))
            for row in positions.tolist() if values else []:
                new = split.names.of(column, side, values[row], withheld=withheld)
                pattern = self.media.test if withheld else patterns[row]
                for path in paths[row]:
                    bring(path, out / filled(pattern, new, self._rest(patterns[row], path)))

    def _rest(self, pattern: str, path: Path) -> str:
        """What stands for `*` in the path of a file."""
        before, joint, after = parted(pattern)
        name = path.relative_to(self.folder).as_posix()[len(before) :]
        return name[: len(name) - len(after)].rpartition(joint)[2] if "*" in pattern else ""


def patterns_of(media: MediaFiles, side: Side, rows: Rows, count: int) -> list[str]:
    """The path of the files of each of `count` rows, with the name of the row's table in it."""
    if side == "test" or TABLE_FIELD not in media.train:
        return [media.train if side == "train" else media.test] * count
    names = rows.texts("train", TABLE_COLUMN) or []
    return [media.train.replace(TABLE_FIELD, name) for name in names]


def files_of(folder: Path, values: list[str], patterns: list[str]) -> list[list[Path]]:
    """The files of each row that are there."""
    known = {p: several(folder, p) for p in dict.fromkeys(patterns) if "*" in p}
    found: list[list[Path]] = []
    for value, pattern in zip(values, patterns, strict=True):
        if pattern in known:
            found.append(known[pattern].get(value, []))
        else:
            path = folder / filled(pattern, value)
            found.append([path] if path.is_file() else [])
    return found


def several(folder: Path, pattern: str) -> dict[str, list[Path]]:
    """The files of each value where `*` in the pattern stands for whatever tells them apart.

    Sorted as generated code sorts them (`row_file_lists`): ten comes after nine.
    """
    before, joint, after = parted(pattern)
    found: dict[str, list[Path]] = {}
    home = folder / before
    for path in sorted(home.glob(f"*{joint}*{after}"), key=lambda path: (len(path.name), path)):
        name = path.relative_to(home).as_posix()
        value = name[: len(name) - len(after)].rpartition(joint)[0]
        found.setdefault(value, []).append(path)
    return found


def parted(pattern: str) -> tuple[str, str, str]:
    """What stands before the value, between it and the rest, and behind both."""
    before, _, behind = pattern.partition("{}")
    joint, _, after = behind.partition("*")
    return before, joint, after


def filled(pattern: str, value: str, rest: str = "") -> str:
    """A path with a row's value in it; raises DataError where that leads out of the folder."""
    return inside("", pattern.replace("{}", value).replace("*", rest))


def fixed_part(pattern: str) -> str:
    """The folder in which the paths of a pattern begin; "" for the competition itself."""
    parent = PurePosixPath(pattern.partition("{}")[0] + "x").parent
    return "" if str(parent) == "." else str(parent)


def text_of(paths: list[Path]) -> str | None:
    """The contents of text files, one after the other; None if there is none."""
    if not paths:
        return None
    return "\n".join(path.read_bytes().decode("utf-8-sig", "replace") for path in paths)


def text_columns(media: tuple[MediaFiles, ...]) -> list[str]:
    """The column for the contents of each kind of files: the second text gets a number."""
    found: list[str] = []
    texts = 0
    for one in media:
        texts += one.kind == "text"
        found.append(TEXT_COLUMN if texts <= 1 else f"{TEXT_COLUMN}_{texts}")
    return found
