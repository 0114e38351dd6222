"""Tables in SQLite databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from ..plan import TableForm
from .cells import named
from .sources import first_bytes

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".sqlite", ".sqlite3", ".db", ".db3")
MAGIC = b"SQLite format 3\0"


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def opened(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def forms_of(path: Path) -> list[TableForm]:
    """One form per table with rows, the one with most rows first; raises DataError."""
    data = first_bytes(path)
    if not data.startswith(MAGIC):
        raise DataError(f"{path.name} is no SQLite database", hint="Is the download complete?")
    try:
        with closing(opened(path)) as base:
            listed = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            names = [name for (name,) in listed if not name.startswith("sqlite_")]
            counts = {name: base.execute(_count(name)).fetchone()[0] for name in names}
    except sqlite3.Error as error:
        raise DataError(
            f"{path.name} does not open as a SQLite database: {error}",
            hint="Is it complete, and does no program write to it?",
        ) from error
    filled = sorted((name for name in names if counts[name]), key=lambda name: -counts[name])
    if not filled:
        raise DataError(f"{path.name} has no table with rows")
    return [TableForm(format="sqlite", part=name) for name in filled]


def _count(table: str) -> str:
    return f"SELECT COUNT(*) FROM {quoted(table)}"


def read(path: Path, form: TableForm) -> pd.DataFrame:
    """One table, in the order of its rows."""
    import pandas as pd

    try:
        with closing(opened(path)) as base:
            query = f"SELECT * FROM {quoted(form.part)}"
            return named(pd.read_sql_query(query, base))
    except (sqlite3.Error, pd.errors.DatabaseError) as error:
        raise DataError(
            f"{path.name}, table {form.part!r} does not read: {error}",
            hint="Is it complete, and does no program write to it?",
        ) from error


def write(frame: pd.DataFrame, out: Path, form: TableForm) -> None:
    """Write one table, beside other tables of a database that is there."""
    with closing(sqlite3.connect(out)) as base:
        frame.to_sql(form.part, base, index=False, if_exists="replace")
        base.commit()
