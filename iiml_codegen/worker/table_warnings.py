"""What a person should hear about tables with short rows, and samples that do not fit the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .layouts import Layout
from .layouts.one_table import OneTable
from .layouts.sample import long_ids
from .tables import read_texts
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
    for table in (layout.train_table, layout.test_table):
        store = table.store
        rows = store.table.short_rows() if isinstance(store, DelimitedRows) else ()
        if len(rows):
            yield (
                f"{table.file}: {len(rows):,} rows have fewer fields than the header, the first is"
                f" row {int(rows[0]) + 1}; what they lack counts as missing"
            )


def sample_warnings(layout: Layout, folder: Path, task: Task) -> Iterator[str]:
    """Rows and ids of the sample, as far as they differ from those of the test."""
    if not (folder / task.sample_file).is_file() or task.layout.test_from_sample:
        return
    table = read_texts(folder / task.sample_file, task.sample_form)
    rows = layout.test_rows * (len(task.long.names) if task.long else 1)
    wanted = f"the {rows:,} that {task.test_file} asks for are answered"
    if len(table) != rows:
        yield f"{task.sample_file} has {len(table):,} rows; {wanted}"
    ids = layout.texts("test", task.id_column) if task.id_column else None
    if ids is None or task.sample_id_column not in table:
        return
    known = {canonical(one) for one in (long_ids(ids, task.long) if task.long else ids)}
    shown = table[task.sample_id_column].map(lambda one: canonical(str(one)))
    strange = shown[~shown.isin(known)]
    if len(strange):
        yield (
            f"{len(strange):,} {task.sample_id_column} of {task.sample_file} are not in"
            f" {task.test_file}, such as {strange.iloc[0]}; {wanted}"
        )
    elif shown.duplicated().any():
        twice = shown[shown.duplicated()].iloc[0]
        yield f"{task.sample_id_column} {twice} stands twice in {task.sample_file}; {wanted}"
