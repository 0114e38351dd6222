"""Files that are whole or absent, and rows of whatever holds rows."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write beside and rename, so that nobody ever reads half a file; what is held open stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    with draft.open("wb") as file:
        write(file)
    try:
        draft.replace(path)
    except PermissionError as error:
        raise SystemExit(f"{path} cannot be replaced, is it open? The new one: {draft}") from error


def take(values: Any, rows: np.ndarray) -> Any:
    """Pick rows of a frame, an array, a sparse matrix or a list, in the order asked for."""
    if hasattr(values, "iloc"):
        return values.iloc[rows].reset_index(drop=True)
    if isinstance(values, list):
        return [values[row] for row in rows]
    return values[rows]
