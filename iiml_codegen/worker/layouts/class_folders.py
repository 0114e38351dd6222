"""Layout: rows are files, and training files lie in a folder for each class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ..task import Task
from .file_rows import FileCompetition, sides_of
from .listed_files import RowFile, below


class FolderLabels:
    """The first folder below the folder of the training files."""

    def __init__(self, folder: str, target: str) -> None:
        self.folder = folder
        self.target = target

    def neutral(self, path: str) -> str:
        """The path below the class."""
        inner = PurePosixPath(below(path, self.folder))
        return str(PurePosixPath(*inner.parts[1:])) if len(inner.parts) > 1 else str(inner)

    def labels(self, files: Sequence[RowFile]) -> dict[str, list[str | None]]:
        """Names of folders; a file beside the folders has no label."""
        return {self.target: [self.label_of(file) for file in files]}

    def label_of(self, file: RowFile) -> str | None:
        """The class of one file."""
        parts = PurePosixPath(below(file.path, self.folder)).parts
        return parts[0] if len(parts) > 1 else None

    def placed(self, files: Sequence[RowFile], stems: Sequence[str]) -> list[str]:
        """Right below the folder of the class."""
        places = []
        for file, stem in zip(files, stems, strict=True):
            label = self.label_of(file)
            home = f"{self.folder}/{label}" if label else self.folder
            places.append(f"{home}/{stem}{file.suffix}")
        return places

    def write_labels(self, out: Path, files: Sequence[RowFile], paths: Sequence[str]) -> None:
        """Folders say it all."""

    def handled(self) -> tuple[str, ...]:
        """There is nothing else."""
        return ()


class ClassFolders(FileCompetition):
    """Adapter for class folders."""

    def __init__(self, folder: Path, task: Task) -> None:
        train, _ = sides_of(task)
        super().__init__(folder, task, FolderLabels(train.folder, task.targets[0]))
