"""Files that belong to rows."""

from pathlib import Path

import pandas as pd


def row_files(data_dir: Path, values: pd.Series, pattern: str) -> list[Path]:
    """The file of each row: `pattern` below the competition, with the row's value for `{}`."""
    return [data_dir / pattern.replace("{}", str(value)) for value in values]
