"""Tables of which rows of train and rows of test have one each: `visits_train`, `visits_test`."""

from __future__ import annotations

import re

from msgspec.structs import replace

from iiml_codegen.domain.inventory import TableInfo

TRAIN = re.compile(r"train(?:ing)?", re.IGNORECASE)
TEST = ("test", "testing")
SEVERAL_A_FILE = ("excel", "sqlite")
Pair = tuple[TableInfo, TableInfo | None]


def in_pairs(tables: list[TableInfo]) -> list[Pair]:
    """Each table with what is its like for the test, by name and columns, or alone."""
    known = {table.file.lower(): table for table in tables}
    found = {table.file: counterpart(table, known) for table in tables}
    taken = {other.file for other in found.values() if other is not None}
    return [(table, found[table.file]) for table in tables if table.file not in taken]


def counterpart(table: TableInfo, known: dict[str, TableInfo]) -> TableInfo | None:
    """The table called as this one with `test` for `train`, with no column of its own."""
    if not TRAIN.search(table.file) or table.form.format in SEVERAL_A_FILE:
        return None
    names = [TRAIN.sub(word, table.file.lower()) for word in TEST]
    other = next((known[name] for name in names if name in known), None)
    if other is None or not set(other.names()) <= set(table.names()):
        return None
    same = ("format", "part", "partitions")
    alike = all(getattr(other.form, name) == getattr(table.form, name) for name in same)
    return other if alike else None


def as_one(train: TableInfo, test: TableInfo | None) -> TableInfo:
    """Both tables as one: its rows are known by what names the rows of either."""
    if test is None:
        return train
    shared = set(test.names())
    columns = tuple(
        replace(c, unique=c.unique and c.name in shared and test.column(c.name).unique)
        for c in train.columns
    )
    keys = tuple(key for key in train.keys if any(set(one) <= set(key) for one in test.keys))
    return replace(train, rows=train.rows + test.rows, columns=columns, keys=keys)
