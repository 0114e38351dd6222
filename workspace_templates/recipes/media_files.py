"""Files that belong to rows."""

from collections.abc import Sequence
from os.path import isfile
from pathlib import Path

import pandas as pd


def row_files(data_dir: Path, values: pd.Series, pattern: str) -> list[Path]:
    """The file of each row: `pattern` below the competition, with the row's value for `{}`."""
    return [data_dir / pattern.replace("{}", str(value)) for value in values]


def file_paths(*files: Sequence[Path]) -> pd.Series:
    """Name the files of each row, parted by "|"; those that are not there are left out."""
    rows = [[str(path) for path in row if isfile(path)] for row in zip(*files, strict=True)]
    return pd.Series(["|".join(row) for row in rows], dtype="str")
