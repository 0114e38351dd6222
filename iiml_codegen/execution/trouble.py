"""What lies behind trouble: files that cannot be read, disks that are full."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from iiml_codegen.errors import CompetitionError, IimlError, WorkerError
from iiml_codegen.files import StorageError
from iiml_codegen.workspace import Workspace

LEAST_FREE = 2**20
"""Bytes: with less, whatever failed failed for want of room."""
MOST_FILES = 20_000


def explained(error: IimlError | OSError, workspace: Workspace) -> IimlError | None:
    """The trouble in words of its cause; as it is where that is clear, None for a bug.

    The worker and the system say only that something failed. What a person can mend is looked for:
    a full disk, a file or folder of the competition that we may not read.
    """
    if isinstance(error, IimlError) and not isinstance(error, WorkerError):
        return error
    for folder in (workspace.work, workspace.cache_dir()):
        if shutil.disk_usage(folder).free < LEAST_FREE:
            return StorageError(
                f"the disk of {folder} is full",
                hint="make room, then `iiml resume` goes on; what was there before is kept",
            )
    for path, why in unreadable(workspace.folder):
        return CompetitionError(
            f"{path} cannot be read: {why}",
            hint="allow reading it, close the program that holds it, or move it elsewhere",
        )
    return error if isinstance(error, IimlError) else None


def unreadable(folder: Path) -> Iterator[tuple[Path, str]]:
    """Files and folders of a competition that cannot be opened, each with the reason."""
    closed: list[OSError] = []
    looked = 0
    for place, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if name != "iiml" and name[0] != ".")
        for name in sorted(files):
            looked += 1
            path = Path(place, name)
            if path.is_file() and (why := _refusal(path)):
                yield path, why
        if looked > MOST_FILES:
            break
    for error in closed:
        yield Path(error.filename), error.strerror or str(error)


def _refusal(path: Path) -> str:
    """Why a file cannot be opened; empty where it can."""
    try:
        with path.open("rb"):
            return ""
    except OSError as error:
        return error.strerror or str(error)
