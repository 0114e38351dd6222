"""The sample submission of a shadow: its columns and its usual answer for other rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..tables import Piece
from ..task import LongForm, Task
from .tables import Table


class Sample:
    """The sample submission of a competition; `exists` is False where there is none."""

    def __init__(self, folder: Path, task: Task) -> None:
        self.task = task
        self.exists = bool(task.sample_file) and (folder / task.sample_file).is_file()
        self.table = Table(folder, task.sample_file, task.sample_form) if self.exists else None

    def write(self, out: Path, rows: Piece | None, ids: Sequence[str] | None, count: int) -> None:
        """Write it for `count` test rows: `rows` are theirs where they stand in a table.

        `ids` are what the sample's id column holds, None where it repeats a column of `rows`.
        """
        if self.table is None:
            return
        store, task = self.table.store, self.task
        if task.long is not None and ids is not None:
            ids = long_ids(ids, task.long)
            rows, count = None, len(ids)
        replaced: dict[str, list[str]] = {}
        for name in store.columns:
            if name == task.sample_id_column and ids is not None:
                replaced[name] = list(ids)
            elif rows is None or name not in task.copied_columns or name not in rows.store.columns:
                replaced[name] = [usual(self.table.values(name))] * count
        if rows is not None:
            replaced = {**rows.replaced, **replaced}
            piece = Piece(rows.store, rows.rows, replaced)
        else:
            piece = Piece(store, np.zeros(count if len(store) else 0, np.int64), replaced)
        store.write(out / task.sample_file, [piece])


def usual(values: Sequence[str]) -> str:
    """The most frequent value; the first of equals."""
    return Counter(values).most_common(1)[0][0] if values else ""


def long_ids(ids: Sequence[str], form: LongForm) -> list[str]:
    """The ids of a long submission: one for each target of each row."""
    if form.by_target:
        return [long_id(one, name, form) for name in form.names for one in ids]
    return [long_id(one, name, form) for one in ids for name in form.names]


def long_id(row: str, target: str, form: LongForm) -> str:
    """One id made of a row's id and a target's name."""
    if form.factor:
        return str(int(row) * form.factor + int(target))
    return form.template.replace("{id}", row).replace("{target}", target)


def row_ids(ids: Sequence[str], form: LongForm | None) -> list[str]:
    """The ids of rows behind the ids of a submission, each row once."""
    if form is None:
        return list(ids)
    count = len(ids) // len(form.names)
    first = ids[:count] if form.by_target else ids[:: len(form.names)]
    name = form.names[0]
    if form.factor:
        return [str((int(one) - int(name)) // form.factor) for one in first]
    before, after = form.template.replace("{target}", name).split("{id}")
    return [one[len(before) : len(one) - len(after)] for one in first]
