"""Whatever else lies in a competition: brought into a shadow unless it may hold labels."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ..errors import DataError
from ..tables import delimited, forms_of, is_ours_to_read, is_table, row_store
from .linking import bring

DESCRIPTIONS = (".md", ".txt", ".rst", ".html", ".pdf")
OURS = "iiml"
WORDS = re.compile(r"[^\W_]+")


class Rest:
    """Files that no part of the layout handles.

    `handled` are files and folders that others bring, `hidden` columns that hold labels, `labels`
    the labels themselves. A folder is brought whole if none of its names holds a label; of folders
    with files of rows nothing is. An archive, a pickle, a table with a hidden column or one that
    cannot be read stays behind.
    """

    def __init__(
        self,
        folder: Path,
        handled: Iterable[str],
        hidden: Iterable[str],
        labels: Iterable[str],
    ) -> None:
        self.folder = folder
        self.handled = {PurePosixPath(path) for path in handled}
        self.hidden = frozenset(hidden)
        self.labels = frozenset(label.strip().lower() for label in labels)

    def bring(self, out: Path) -> None:
        """Bring descriptions, further tables and folders."""
        for path in self.entries():
            if path.is_dir():
                self._bring_folder(path, out)
            elif self._may_come(path):
                target = out / path.relative_to(self.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)

    def entries(self) -> list[Path]:
        """Files and folders beside the tables of the task, at the top and where its tables lie."""
        homes = {path.parent for path in self.handled if is_a_table(self.folder / path)}
        found: list[Path] = []
        for home in sorted({PurePosixPath("."), *homes} - self.handled):
            for path in sorted((self.folder / home).iterdir()):
                place = PurePosixPath(path.relative_to(self.folder).as_posix())
                skipped = place in self.handled or place in homes
                if not skipped and is_ours_to_read(path) and path.name != OURS:
                    found.append(path)
        return found

    def tables(self) -> list[Path]:
        """Further tables beside those of the task."""
        return [path for path in self.entries() if path.is_file() and is_table(path)]

    def folders(self) -> list[Path]:
        """Folders that nobody handles."""
        return [path for path in self.entries() if path.is_dir()]

    def _may_come(self, path: Path) -> bool:
        """True for descriptions and for tables without a hidden column."""
        if is_table(path):
            columns = columns_of(path)
            return columns is not None and not self.hidden & set(columns)
        return path.suffix.lower() in DESCRIPTIONS

    def _bring_folder(self, path: Path, out: Path) -> None:
        place = PurePosixPath(path.relative_to(self.folder).as_posix())
        if any(place == one or place in one.parents for one in self.handled):
            return
        files = list(files_below(path))
        inner = [file.relative_to(path).as_posix() for file in files]
        if any(self.labels & words_of(name) for name in inner):
            return
        for file, name in zip(files, inner, strict=True):
            if not is_table(file) or self._may_come(file):
                bring(file, out / place / name)


def is_a_table(path: Path) -> bool:
    """True for a file, and for a table in a folder of its own."""
    return path.is_file() or (path.is_dir() and is_table(path))


def words_of(name: str) -> set[str]:
    """The words and numbers of a path, in lower case."""
    return {word.lower() for word in WORDS.findall(name)} | {
        part.lower() for part in PurePosixPath(name).with_suffix("").parts
    }


def files_below(folder: Path) -> list[Path]:
    """All files below a folder, sorted by path, hidden ones left out."""
    found: list[Path] = []
    for home, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(home, name) for name in names if not name.startswith(".")]
    return sorted((path for path in found if path.is_file()), key=lambda path: path.as_posix())


def columns_of(path: Path) -> list[str] | None:
    """Column names of all tables in a file; None where it cannot be read."""
    try:
        forms = forms_of(path)
        if forms[0].format == "delimited":
            with path.open("rb") as file:
                head = delimited.sniffed_text(file.read(delimited.SNIFFED_BYTES), forms[0].encoding)
            return next(iter(delimited.sniffed_rows(head, forms[0].separator)), [])
        return [name for form in forms for name in row_store(path, form).columns]
    except DataError:
        return None
