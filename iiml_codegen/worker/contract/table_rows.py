"""Outputs beside the tables that they were made from: is each row still the row that it was?

A column that prep changed tells nothing. One that holds the table's very values, but in another
order, tells that rows were moved, even where their labels were made anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from ..layouts import find_layout
from ..metrics_labels import Floats
from ..observation import as_numbers, columns_of, kind_of
from ..targets import encode
from ..task import task_from
from .delivery import Breach, Clause, Delivery, breach, named
from .frames import check_frame

if TYPE_CHECKING:
    import pandas as pd

from .arrays import check_values

NEAR = 1e-5
"""What single precision rounds away."""


class Source:
    """The folder that prep read, as the layout gives it; nothing where its order is not known."""

    def __init__(self, folder: str, task: dict[str, Any]) -> None:
        self.folder, self.task = Path(folder), task_from(task)

    @cached_property
    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame] | None:
        """Training and test rows, typed."""
        try:
            layout = find_layout(self.folder, self.task)
            return None if layout.real_rows() is not None else (layout.train(), layout.test())
        except DataError:
            return None

    @cached_property
    def target(self) -> Floats | None:
        """The target of each training row that has one, a column for each target."""
        try:
            layout = find_layout(self.folder, self.task)
            values = encode(layout.labels(), self.task)
            known = None if layout.real_rows() is not None else values.reshape(len(values), -1)
        except DataError:
            return None
        return None if known is None else known[~np.isnan(known).any(axis=1)]


def check_source(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """The columns of the table that a clause names, and the target, row by row."""
    if not clause.get("mirrors") or delivery.source is None:
        return
    if clause["shape"] == "target":
        yield from check_target(clause, delivery, delivery.source)
    else:
        yield from check_columns(clause, delivery, delivery.source)


def check_columns(clause: Clause, delivery: Delivery, source: Source) -> Iterator[Breach]:
    """No column holds the table's values in another order."""
    mine, other = clause["output"], clause.get("same_columns_as")
    if other not in delivery.outputs or source.tables is None:
        return
    halves = (mine, other) if clause.get("rows_like") == "train" else (other, mine)
    frames = [delivery.outputs[name] for name in halves]
    if any(kind_of(frame) != "frame" for frame in frames):
        return
    for name in clause["mirrors"]:
        held = [column_of(frame, name) for frame in frames]
        table = [column_of(frame, name) for frame in source.tables]
        moved = moved_rows(held, table)[halves.index(mine)]
        if len(moved):
            message = f"rows of `{mine}` stand in another order than in the table"
            at = int(moved[0])
            evidence = f"{len(moved)} rows have another row's {name}, the first at place {at}"
            yield breach("IIML305", clause, message, [mine, name], evidence)
            return


def column_of(frame: Any, name: str) -> Floats | None:
    """The numbers of a column; None where it is not there once, or holds none."""
    places = [place for place, one in enumerate(frame.columns) if str(one) == name]
    return as_numbers(frame.iloc[:, places[0]]) if len(places) == 1 else None


def moved_rows(held: list[Floats | None], table: list[Floats | None]) -> list[Any]:
    """Per half, places that hold another row's value; none where the values are others anyway."""
    mine = [half for half in held if half is not None]
    theirs = [half for half in table if half is not None]
    nothing = [np.zeros(0, int) for _ in held]
    if len(mine) < len(held) or [len(half) for half in mine] != [len(half) for half in theirs]:
        return nothing
    a, b = np.concatenate(mine), np.concatenate(theirs)
    if not alike(np.sort(a), np.sort(b)).all():
        return nothing
    apart, cut = ~alike(a, b), len(mine[0])
    return [np.flatnonzero(apart[:cut]), np.flatnonzero(apart[cut:])]


def alike(mine: Floats, theirs: Floats) -> Any:
    """Equal but for rounding; a gap is like a gap."""
    return np.isclose(mine, theirs, rtol=NEAR, atol=NEAR, equal_nan=True)


def check_target(clause: Clause, delivery: Delivery, source: Source) -> Iterator[Breach]:
    """The target holds the table's values, in its order; other breaches of values say enough."""
    output, known = clause["output"], source.target
    columns = [as_numbers(column) for _, column in columns_of_value(delivery.outputs[output])]
    if known is None or not columns or any(column is None for column in columns):
        return
    mine = np.stack([column for column in columns if column is not None], axis=1)
    if mine.shape != known.shape or alike(mine, known).all():
        return
    if [*check_values(clause, delivery), *check_frame(clause, delivery)]:
        return
    apart = np.flatnonzero(~alike(mine, known).all(axis=1))
    at = int(apart[0])
    evidence = f"{len(apart)} rows differ; row {at} has {mine[at, 0]:g}, the table {known[at, 0]:g}"
    if alike(np.sort(mine, axis=0), np.sort(known, axis=0)).all() and len(apart) > 1:
        message = f"`{output}` stands in another order than in the table"
        yield breach("IIML305", clause, message, [output], evidence)
        return
    message = f"`{output}` does not hold the table's values{named(clause['mirrors'])}"
    yield breach("IIML327", clause, message, [output, *clause["mirrors"]], evidence)


def columns_of_value(value: Any) -> Any:
    """The columns of a table; nothing of anything else."""
    return columns_of(value) if kind_of(value) in ("frame", "series", "array") else ()
