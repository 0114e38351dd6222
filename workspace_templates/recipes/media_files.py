"""Files that belong to rows."""

from collections.abc import Callable, Sequence
from os.path import isfile
from pathlib import Path

import pandas as pd


def row_files(data_dir: Path, values: pd.Series, pattern: str) -> list[Path]:
    """The file of each row: `pattern` below the competition, with the row's value for `{}`."""
    return [data_dir / pattern.replace("{}", str(value)) for value in values]


def row_file_lists(data_dir: Path, values: pd.Series, pattern: str) -> list[list[Path]]:
    """All files of each row in their order: `pattern` has `{}` for the value, `*` for the rest."""
    before, _, behind = pattern.partition("{}")
    joint, _, after = behind.partition("*")
    home, found = data_dir / before, dict[str, list[Path]]()
    for path in sorted(home.glob(f"*{joint}*{after}"), key=lambda path: (len(path.name), path)):
        inside = path.relative_to(home).as_posix()
        value = inside[: len(inside) - len(after)].rpartition(joint)[0]
        found.setdefault(value, []).append(path)
    return [found.get(str(value), []) for value in values]


def average_of_files(
    files: Sequence[Sequence[Path]],
    measure: Callable[..., pd.DataFrame],
    *arguments: dict[str, object],
    name: str,
) -> pd.DataFrame:
    """Measure all files, average those of a row, and count them; rows without any have gaps."""
    every = [path for row in files for path in row]
    owner = [place for place, row in enumerate(files) for _ in row]
    measured = measure(every, *arguments, name=name)
    averaged = measured.groupby(owner).mean().reindex(range(len(files)))
    return averaged.assign(**{f"{name}_files": [float(len(row)) for row in files]})


def file_paths(*files: Sequence[Path | Sequence[Path]]) -> pd.Series:
    """Name the files of each row, parted by "|"; those that are not there are left out."""
    rows = [
        [path for one in row for path in ([one] if isinstance(one, Path) else one)]
        for row in zip(*files, strict=True)
    ]
    return pd.Series(["|".join(str(p) for p in row if isfile(p)) for row in rows], dtype="str")
