"""Tables in folders: columnar files below folders that are called `column=value`."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from ..errors import DataError
from ..plan import TableForm
from . import columnar

if TYPE_CHECKING:
    import pandas as pd

MISSING = "__HIVE_DEFAULT_PARTITION__"
WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")


def is_partitioned(folder: Path) -> bool:
    """True for a folder with nothing but folders called alike above columnar files."""
    with os.scandir(folder) as entries:
        if not all("=" in entry.name for entry in entries if entry.name[0] not in "._"):
            return False
    return bool(columns_of(folder))


def columns_of(folder: Path) -> tuple[str, ...]:
    """The columns in the names of folders; none where they differ or lead to other files."""
    files = part_files(folder)
    levels = {tuple(name for name, _ in values_of(folder, path)) for path in files}
    suffixes = {path.suffix.lower() for path in files}
    if len(levels) != 1 or len(suffixes) != 1 or not suffixes <= set(columnar.SUFFIXES):
        return ()
    columns = levels.pop()
    return columns if all(columns) and len(set(columns)) == len(columns) else ()


def part_files(folder: Path) -> list[Path]:
    """The files of a table, sorted by path; what begins with a dot or underscore is no part."""
    inside = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    parts = [path for path in inside if not any(name[0] in "._" for name in path.parts)]
    return [folder / path for path in sorted(parts, key=lambda path: path.as_posix())]


def values_of(folder: Path, path: Path) -> list[tuple[str, str]]:
    """Column and value of each folder above a file, "" for a missing value."""
    named = [name.partition("=") for name in path.parent.relative_to(folder).parts]
    told = [(column if mark else "", unquote(value)) for column, mark, value in named]
    return [(column, "" if value == MISSING else value) for column, value in told]


def form_of(folder: Path) -> TableForm:
    """The form of the files and the columns that part them; raises DataError."""
    columns = columns_of(folder)
    if not columns:
        raise DataError(f"{folder.name} is a folder whose names tell no columns")
    return replace(columnar.form_of(part_files(folder)[0]), partitions=columns)


def read(folder: Path, form: TableForm, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """All parts below each other, the columns of the folders last; whole numbers are numbers."""
    import pandas as pd

    files = part_files(folder)
    told = [dict(values_of(folder, path)) for path in files]
    numbers = {c for c in form.partitions if all(WHOLE.fullmatch(one[c]) for one in told)}
    parts = []
    for path, values in zip(files, told, strict=True):
        part = columnar.read(path, form)
        part = part.drop(columns=[name for name in values if name in part])
        for name, value in values.items():
            part[name] = int(value) if name in numbers else value or None
        parts.append(part if columns is None else part[[c for c in part if c in columns]])
    return pd.concat(parts, ignore_index=True)


def write(frame: pd.DataFrame, out: Path, form: TableForm) -> None:
    """Write the table as a folder that is parted by the same columns, one file for each part."""
    columns = list(form.partitions)
    inner = frame.drop(columns=columns)
    rows = frame[columns].groupby(columns, dropna=False).indices if len(frame) else {MISSING: []}
    for key, places in rows.items():
        values = key if isinstance(key, tuple) else (key,)
        named = [MISSING if v is None or v != v else quote(str(v), safe="") for v in values]
        named += [MISSING] * (len(columns) - len(named))
        home = out.joinpath(*(f"{c}={v}" for c, v in zip(columns, named, strict=True)))
        home.mkdir(parents=True, exist_ok=True)
        columnar.write(
            inner.iloc[places].reset_index(drop=True), home / f"part-0.{form.format}", form
        )
