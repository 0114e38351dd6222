"""Tables of other formats than CSV, with every cell as text."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from workspace_templates.recipes.reading_cells import cells_as_text


def read_fixed_width(path: Path, edges: Sequence[int], encoding: str = "utf-8") -> pd.DataFrame:
    """Read columns that start at the same character in every line, every cell as text."""
    spans = [*pairwise(edges), (edges[-1], 1 << 20)]
    return pd.read_fwf(path, colspecs=spans, encoding=encoding, dtype=str)


def read_ragged(
    path: Path, separator: str = ",", encoding: str = "utf-8", *, spread: bool = False
) -> pd.DataFrame:
    """Read lines whose last name, such as [labels], stands for all that follows: one cell of text.

    With `spread` each part of it becomes a column, as all lines have as many.
    """
    written = path.read_text(encoding).lstrip("\ufeff")
    header, *lines = [line for line in written.splitlines() if line.strip()]
    *names, last = header.split(separator)
    cells = [line.split(separator, len(names)) for line in lines]
    rest = [row.pop() if len(row) > len(names) else "" for row in cells]
    table = pd.DataFrame(cells, columns=names, dtype=object)
    last = last.strip("[] ")
    if spread:
        parts = [text.split(separator) for text in rest]
        numbered = [f"{last} {place}" for place in range(1, len(parts[0]) + 1)] if parts else []
        table = table.join(pd.DataFrame(parts, columns=numbered, dtype=object))
    else:
        joined = [text.replace(separator, ";") for text in rest]
        table[last] = pd.Series(joined, dtype=object)
    return table.where(table != "")


def read_json_records(path: Path, key: str = "", lines: bool = False) -> pd.DataFrame:
    """Read records or columns of a JSON file, or a record a line, every cell as text."""
    data = path.read_bytes()
    written = data.decode(json.detect_encoding(data))
    rows = [row for row in written.split("\n") if row.strip()] if lines else []
    found: Any = [json.loads(row) for row in rows] if lines else json.loads(written)
    for part in key.split(".") if key else ():
        found = found[part]
    if isinstance(found, dict):
        found = {n: list(v.values()) if isinstance(v, dict) else v for n, v in found.items()}
    return cells_as_text(pd.DataFrame(found, dtype=object))


def read_columnar(path: Path) -> pd.DataFrame:
    """Read a parquet or feather table, every cell as text."""
    return cells_as_text(typed_columnar(path))


def typed_columnar(path: Path) -> pd.DataFrame:
    """Read a parquet or feather table with its own types; a named index becomes columns."""
    with path.open("rb") as file:
        is_parquet = file.read(4) == b"PAR1"
    table = pd.read_parquet(path) if is_parquet else pd.read_feather(path)
    has_index = any(name is not None for name in table.index.names)
    return table.reset_index(drop=not has_index)


def read_sheet(path: Path, sheet: str) -> pd.DataFrame:
    """Read one sheet of a workbook, every cell as text."""
    return cells_as_text(pd.read_excel(path, sheet_name=sheet, dtype=object))


def read_database(path: Path, table: str) -> pd.DataFrame:
    """Read one table of a SQLite database, every cell as text."""
    name = '"' + table.replace('"', '""') + '"'
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as base:
        return cells_as_text(pd.read_sql_query(f"SELECT * FROM {name}", base))
