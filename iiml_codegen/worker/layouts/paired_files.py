"""Layout: rows are files, and the label of each stands in a partner file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import DataError
from ..task import Task
from .file_rows import FileCompetition, sides_of
from .linking import write_bytes
from .listed_files import RowFile


class PartnerLabels:
    """A JSON partner holds the targets under their names; any other is the label, stripped."""

    def __init__(self, root: Path, folder: str, partner: str, targets: tuple[str, ...]) -> None:
        if "{stem}" not in partner:
            raise DataError(f"the partner {partner!r} has no place for a stem", code="IIML902")
        self.root = root
        self.folder = folder
        self.partner = partner
        self.targets = targets

    def neutral(self, path: str) -> str:
        """Names hold no label."""
        return PurePosixPath(path).name

    def labels(self, files: Sequence[RowFile]) -> dict[str, list[str | None]]:
        """What the partners say; nothing where there is none."""
        read = [self.read(file) for file in files]
        return {name: [one.get(name) for one in read] for name in self.targets}

    def read(self, file: RowFile) -> dict[str, str | None]:
        """The targets of one file."""
        path = self.root / self.partner.replace("{stem}", file.stem)
        if not path.is_file():
            return {}
        text = path.read_bytes().decode("utf-8-sig", "replace").strip()
        if path.suffix.lower() != ".json":
            return {self.targets[0]: text or None}
        try:
            record = json.loads(text)
        except ValueError as error:
            raise DataError(f"{path.name} is no JSON: {error}") from error
        if not isinstance(record, dict):
            raise DataError(f"{path.name} holds no names with values", code="IIML902")
        return {name: said(record.get(name)) for name in self.targets}

    def placed(self, files: Sequence[RowFile], stems: Sequence[str]) -> list[str]:
        """Right below the folder."""
        named = zip(files, stems, strict=True)
        return [f"{self.folder}/{stem}{file.suffix}" for file, stem in named]

    def write_labels(self, out: Path, files: Sequence[RowFile], paths: Sequence[str]) -> None:
        """The partners of kept files under their new names."""
        for file, path in zip(files, paths, strict=True):
            old = self.root / self.partner.replace("{stem}", file.stem)
            new = out / self.partner.replace("{stem}", PurePosixPath(path).stem)
            if old.is_file():
                write_bytes(new, old.read_bytes())

    def handled(self) -> tuple[str, ...]:
        """The folder of the partners."""
        home = str(PurePosixPath(self.partner.partition("{stem}")[0] + "x").parent)
        return (home,)


def said(value: Any) -> str | None:
    """A value of a JSON partner as text."""
    return None if value is None else str(value)


class PairedFiles(FileCompetition):
    """Adapter for labels in partner files."""

    def __init__(self, folder: Path, task: Task) -> None:
        train, _ = sides_of(task)
        labels = PartnerLabels(folder, train.folder, train.partner, task.targets)
        super().__init__(folder, task, labels)
