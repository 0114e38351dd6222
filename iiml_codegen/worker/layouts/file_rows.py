"""Layout: rows are files in a folder for training and one for the test.

What differs between the kinds is where a file's label stands; see `FileLabels`.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

import numpy as np

from .. import targets
from ..errors import DataError
from ..plan import FileRows
from ..task import Task
from .linking import FreshCopies
from .listed_files import RowFile, id_of, listed
from .renaming import new_stems
from .rest import Rest
from .sample import Sample
from .sides import joined, parts_of
from .split import Names, Positions, Side, Split, picked, rotated

if TYPE_CHECKING:
    import pandas as pd

FILE_COLUMN = "path_of_file"
"""As `domain.layout.FILE_COLUMN`."""


class FileLabels(Protocol):
    """Where the labels of files stand."""

    def neutral(self, path: str) -> str:
        """What a training file is called without its label."""

    def labels(self, files: Sequence[RowFile]) -> dict[str, list[str | None]]:
        """For each target the label of each training file as text; None where one has none."""

    def placed(self, files: Sequence[RowFile], stems: Sequence[str]) -> list[str]:
        """Where kept files go under new stems, with their labels where labels stand."""

    def write_labels(self, out: Path, files: Sequence[RowFile], paths: Sequence[str]) -> None:
        """Write labels that stand in files of their own."""

    def handled(self) -> tuple[str, ...]:
        """Folders of such files."""


class FileCompetition:
    """Adapter for competitions whose rows are files; see `layouts.Layout`."""

    def __init__(self, folder: Path, task: Task, labels: FileLabels) -> None:
        self.folder = folder
        self.task = task
        self.file_labels = labels
        self.train_place, self.test_place = sides_of(task)
        self.files: dict[Side, list[RowFile]] = {
            "train": listed(folder, self.train_place, labels.neutral),
            "test": listed(folder, self.test_place, lambda path: path),
        }
        self.found = labels.labels(self.files["train"])
        if task.layout.drop_unlabelled:
            self._leave_out_unlabelled()
        self.train_rows = len(self.files["train"])
        self.test_rows = len(self.files["test"])
        self.sample = Sample(folder, task)
        self.copies = FreshCopies()
        self.parts, self.label_table = parts_of(folder, task)
        known = {label for labels in self.found.values() for label in labels if label is not None}
        self.rest = Rest(folder, self._handled(), task.hidden_columns, known | set(task.classes))

    def wholes(self, side: Side) -> Positions | None:
        """Each row stands for itself."""
        return None

    def train(self) -> pd.DataFrame:
        """Training files with ids, labels and whatever is joined to them."""
        return self._frames()[0]

    def test(self) -> pd.DataFrame:
        """Test files with ids and whatever is joined to them."""
        return self._frames()[1]

    def labels(self) -> pd.DataFrame:
        """Labels as texts."""
        import pandas as pd

        return pd.DataFrame(dict(self.found), dtype=object)

    def real_rows(self) -> Positions | None:
        """The order in which paths sort, by canonical positions."""
        train, test = (by_path(self._paths(side)) for side in ("train", "test"))
        return np.concatenate([train, self.train_rows + test])

    def texts(self, side: Side, column: str) -> list[str] | None:
        """Path and id of each file."""
        place = self.train_place if side == "train" else self.test_place
        if column == FILE_COLUMN:
            return self._paths(side)
        if column == place.id_column:
            return [id_of(path, place) for path in self._paths(side)]
        return None

    def write_view(self, out: Path) -> None:
        """All files under names that say nothing, in the canonical order."""
        train, test = np.arange(self.train_rows), np.arange(self.test_rows)
        split = Split(train, train[:0], test)
        suffixes = [file.suffix for file in self.files["train"]]
        stems = ordered_stems(self._forms("train"), self.train_rows, suffixes, 0)
        folder = self.train_place.folder
        paths = [f"{folder}/{stem}{end}" for stem, end in zip(stems, suffixes, strict=True)]
        self._bring("train", train, paths, out)
        named = self._write_test(out, split, paths, 1)
        for part in self.parts:
            part.write_view(out, self, named)
        self.rest.bring(out)

    def write_shadow(
        self, out: Path, kept: Positions, withheld: Positions, test: Positions, seed: int
    ) -> Positions:
        """Kept files with their labels, withheld ones first among the test's files."""
        files = [self.files["train"][row] for row in kept.tolist()]
        rng = np.random.default_rng([seed, 1])
        stems = new_stems(self._forms("train"), len(kept), rng)
        paths = self.file_labels.placed(files, stems)
        if len(set(paths)) < len(paths):
            numbers = [f"{number:06d}" for number in rng.permutation(len(kept)).tolist()]
            paths = self.file_labels.placed(files, numbers)
        self._bring("train", kept, paths, out)
        self.file_labels.write_labels(out, files, paths)
        named = self._write_test(out, Split(kept, withheld, test), paths, seed)
        for part in self.parts:
            part.write_shadow(out, self, named)
        self.rest.bring(out)
        return np.concatenate([kept[by_path(paths)], withheld, self.train_rows + test])

    def write_variant(self, out: Path, test: Positions, seed: int, *, renamed: bool) -> None:
        """Training files under their own names; test files under new ones that sort as asked."""
        train, paths = np.arange(self.train_rows), self._paths("train")
        self._bring("train", train, paths, out)
        self.file_labels.write_labels(out, self.files["train"], paths)
        split = Split(train, train[:0], test)
        named = self._write_test(out, split, paths, seed + 1 if renamed else seed)
        for part in self.parts:
            part.write_shadow(out, self, named)
        self.rest.bring(out)

    def why_not_renamed(self) -> str:
        """Names of test files are always new."""
        return ""

    def is_renewed(self) -> bool:
        """Names of files are."""
        return True

    def permute_labels(self, copy: Path, rows: Positions, seed: int) -> None:
        """Contents change places under the names that stand for their labels.

        Contents that occur twice stay: which of their names is whose, nobody can tell.
        """
        files = self.files["train"]
        copies = Counter(file.digest for file in files)
        free = [row for row in rows.tolist() if copies[files[row].digest] == 1]
        for suffix in sorted({files[row].suffix for row in free}):
            same = np.array([row for row in free if files[row].suffix == suffix], np.int64)
            for row, other in rotated(same, seed).items():
                target = copy / files[row].path
                target.unlink()
                shutil.copyfile(self.folder / files[other].path, target)

    def _leave_out_unlabelled(self) -> None:
        """Forget training files without an answer."""
        known = ~np.isnan(targets.encode(self.labels(), self.task))
        kept = np.flatnonzero(known.reshape(len(known), -1).all(axis=1)).tolist()
        self.files["train"] = [self.files["train"][place] for place in kept]
        self.found = {name: [texts[p] for p in kept] for name, texts in self.found.items()}

    def _paths(self, side: Side) -> list[str]:
        return [file.path for file in self.files[side]]

    def _forms(self, side: Side) -> list[str]:
        """What names look like without labels, in an order of their own."""
        if side == "test":
            return sorted(file.stem for file in self.files["test"])
        return sorted(
            os.path.splitext(os.path.basename(self.file_labels.neutral(path)))[0]
            for path in self._paths("train")
        )

    def _handled(self) -> list[str]:
        own = [self.train_place.folder, self.test_place.folder, *self.file_labels.handled()]
        own += [self.task.sample_file] if self.task.sample_file else []
        return [*own, *(name for part in self.parts for name in part.handled(self))]

    def _frames(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        import pandas as pd

        frames = []
        sides: tuple[tuple[Side, FileRows], ...] = (
            ("train", self.train_place),
            ("test", self.test_place),
        )
        for side, place in sides:
            columns = {name: self.texts(side, name) for name in (FILE_COLUMN, place.id_column)}
            frames.append(pd.DataFrame(columns))
        texts = self.labels()
        for name in texts:
            frames[0][name] = as_numbers_if_they_are(texts[name])
        return joined(frames[0], frames[1], self.parts, self)

    def _bring(self, side: Side, rows: Positions, paths: Sequence[str], out: Path) -> None:
        for row, path in zip(rows.tolist(), paths, strict=True):
            self.copies.bring(self.folder / self.files[side][row].path, out / path)

    def _write_test(self, out: Path, split: Split, train_paths: Sequence[str], seed: int) -> Split:
        """The test's files, withheld ones first, and the sample; gives the split with all names.

        No test file is called as a training file is, so that tables keyed by ids stay clear.
        """
        files = [self.files["train"][row] for row in split.withheld.tolist()]
        files += [self.files["test"][row] for row in split.test.tolist()]
        suffixes = [file.suffix for file in files]
        used = {PurePosixPath(path).stem.lower() for path in train_paths}
        stems = ordered_stems(self._forms("test"), len(files), suffixes, seed, used)
        folder = self.test_place.folder
        paths = [f"{folder}/{stem}{end}" for stem, end in zip(stems, suffixes, strict=True)]
        first = len(split.withheld)
        self._bring("train", split.withheld, paths[:first], out)
        self._bring("test", split.test, paths[first:], out)
        ids = [id_of(path, self.test_place) for path in paths]
        self.sample.write(out, self.sample.blank(len(ids)), ids)
        return replace(split, names=self._names(split, train_paths, paths))

    def _names(self, split: Split, train_paths: Sequence[str], test_paths: Sequence[str]) -> Names:
        """New ids and paths of all rows of the shadow."""
        new: dict[str, dict[tuple[Side, str], str]] = {}
        for column in (FILE_COLUMN, self.train_place.id_column):
            known: dict[tuple[Side, str], str] = {}
            done = 0
            for side, rows, withheld in split.parts():
                place = self.train_place if side == "train" else self.test_place
                old = picked(self.texts(side, column) or [""] * len(self.files[side]), rows)
                as_train = side == "train" and not withheld
                paths = train_paths if as_train else test_paths[done : done + len(rows)]
                done += 0 if as_train else len(rows)
                shown = paths if column == FILE_COLUMN else [id_of(p, place) for p in paths]
                known |= {(side, was): now for was, now in zip(old, shown, strict=True)}
            new[column] = known
        return Names(new)


def sides_of(task: Task) -> tuple[FileRows, FileRows]:
    """The folders of both sides; raises DataError where they cannot be told apart."""
    train, test = task.layout.train_files, task.layout.test_files
    if train is None or test is None:
        raise DataError(
            "training rows are files and test rows are not, or the other way round",
            hint="Put both into folders of files, or list both in tables.",
            code="IIML902",
        )
    if within(train.folder, test.folder) or within(test.folder, train.folder):
        raise DataError(
            f"training and test files lie in the same folder {train.folder or '.'}",
            hint="Move them to two folders.",
            code="IIML902",
        )
    return train, test


def within(folder: str, other: str) -> bool:
    """True if `folder` is `other` or lies in it."""
    return not other or folder == other or folder.startswith(f"{other}/")


def by_path(paths: Sequence[str]) -> Positions:
    """Positions in the order in which paths sort."""
    return np.array(sorted(range(len(paths)), key=lambda place: paths[place]), np.int64)


def ordered_stems(
    forms: Sequence[str],
    count: int,
    suffixes: Sequence[str],
    seed: int,
    used: Collection[str] = (),
) -> list[str]:
    """New stems for files which sort as the files are listed, suffixes included; none is `used`."""
    drawn = new_stems(forms, count + len(used), np.random.default_rng(seed))
    free = [stem for stem in drawn if stem.lower() not in used][:count]
    stems = sorted(free, key=lambda stem: f"{stem}.")
    names = [stem + suffix for stem, suffix in zip(stems, suffixes, strict=True)]
    if names == sorted(names):
        return stems
    return [f"{number + len(used):06d}" for number in range(count)]


def as_numbers_if_they_are(labels: pd.Series) -> pd.Series:
    """Labels as numbers where all of them are."""
    import pandas as pd

    numbers = pd.to_numeric(labels, errors="coerce")
    same = numbers.notna() == labels.notna()
    return numbers if bool(same.all()) else labels
