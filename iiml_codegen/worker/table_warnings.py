"""What a person should hear about tables with short rows, and samples that do not fit the test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from .layouts import Layout
from .layouts.one_table import OneTable
from .layouts.sample import long_ids, rows_asked
from .layouts.tables import Table
from .tables.delimited_rows import DelimitedRows
from .targets import canonical
from .task import Task


def table_warnings(layout: Layout, folder: Path, task: Task) -> list[str]:
    """Sentences with file and place."""
    return [*short_rows(layout), *sample_warnings(layout, folder, task)]


def short_rows(layout: Layout) -> Iterator[str]:
    """Rows with fewer fields than the header are read with empty cells at their ends."""
    if not isinstance(layout, OneTable):
        return
    for table in (*layout.train_table.files(), layout.test_table):
        store = table.store
        rows = store.table.short_rows().tolist() if isinstance(store, DelimitedRows) else []
        if rows:
            count = "1 row has" if len(rows) == 1 else f"{len(rows):,} rows have"
            yield (
                f"{table.file}: {count} fewer fields than the header, the first is row"
                f" {rows[0] + 1}; what they lack counts as missing"
            )


def sample_warnings(layout: Layout, folder: Path, task: Task) -> Iterator[str]:
    """Rows and ids of the sample, as far as they differ from those of the test."""
    if not (folder / task.sample_file).is_file() or task.layout.test_from_sample:
        return
    table = Table(folder, task.sample_file, task.sample_form).store
    rows = rows_asked(layout, task)
    wanted = f"the {rows:,} that {task.test_file} asks for are answered"
    if len(table) != rows:
        yield f"{task.sample_file} has {len(table):,} rows; {wanted}"
    ids = layout.texts("test", task.id_column) if task.id_column else None
    name = task.sample_id_column
    if ids is None or name is None or name not in table.columns:
        return
    known = {canonical(one) for one in (long_ids(ids, task.long) if task.long else ids)}
    shown = [canonical(one) for one in table.texts(name)]
    strange = [one for one in shown if one not in known]
    twice = [one for one, count in Counter(shown).items() if count > 1]
    if strange:
        yield (
            f"{len(strange):,} values of {name} in {task.sample_file} are not in"
            f" {task.test_file}, such as {strange[0]}; {wanted}"
        )
    elif twice:
        yield f"{name} {twice[0]} stands twice in {task.sample_file}; {wanted}"
