"""Layout: rows are files, and the names of training files hold their labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ..errors import DataError
from ..task import Task
from .file_rows import FileCompetition, sides_of
from .listed_files import RowFile


class NameLabels:
    """The first group of a pattern, searched in the stem."""

    def __init__(self, folder: str, pattern: str, target: str) -> None:
        self.folder = folder
        self.target = target
        try:
            self.pattern = re.compile(pattern)
        except re.error as error:
            raise DataError(f"the pattern {pattern!r} is none: {error}", code="IIML902") from error
        if self.pattern.groups < 1:
            raise DataError(f"the pattern {pattern!r} has no group for the label", code="IIML902")

    def neutral(self, path: str) -> str:
        """The name with the label cut out."""
        name = PurePosixPath(path)
        before, _, after = self.split(name.stem)
        return ((before + after).strip("._- ") or "0") + name.suffix

    def labels(self, files: Sequence[RowFile]) -> dict[str, list[str | None]]:
        """What the pattern finds."""
        return {self.target: [self.split(file.stem)[1] for file in files]}

    def placed(self, files: Sequence[RowFile], stems: Sequence[str]) -> list[str]:
        """The label stays; the part of the name that tells files apart is new."""
        parts = [self.split(file.stem) for file in files]
        before, after = ({part[end] for part in parts} for end in (0, 2))
        renews_end = len(after) >= len(before)
        places = []
        for file, (start, label, end), stem in zip(files, parts, stems, strict=True):
            name = self.named(start, label or "", end, stem, renews_end=renews_end)
            places.append(f"{self.folder}/{name}{file.suffix}")
        return places

    def named(self, start: str, label: str, end: str, stem: str, *, renews_end: bool) -> str:
        """A name in which the pattern finds the label again."""
        joint = re.match(r"[^A-Za-z0-9]*", end) if renews_end else re.search(r"[\W_]*$", start)
        mark = joint.group() if joint else ""
        core = stem.strip("._- ") or stem
        name = (
            f"{start}{label}{mark or '.'}{core}"
            if renews_end
            else (f"{core}{mark or '.'}{label}{end}")
        )
        return name if self.split(name)[1] == (label or None) else f"{start}{label}{end}"

    def write_labels(self, out: Path, files: Sequence[RowFile], paths: Sequence[str]) -> None:
        """Names say it all."""

    def handled(self) -> tuple[str, ...]:
        """There is nothing else."""
        return ()

    def split(self, stem: str) -> tuple[str, str | None, str]:
        """What stands before the label, the label, and what stands behind it."""
        found = self.pattern.search(stem)
        if found is None or found.group(1) is None:
            return "", None, stem
        first, last = found.span(1)
        return stem[:first], found.group(1), stem[last:]


class FileNames(FileCompetition):
    """Adapter for labels in file names."""

    def __init__(self, folder: Path, task: Task) -> None:
        train, _ = sides_of(task)
        labels = NameLabels(train.folder, train.label_pattern, task.targets[0])
        super().__init__(folder, task, labels)
