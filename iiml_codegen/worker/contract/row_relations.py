"""Rows: as many as in the table, in its order, beside those of another output, none twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ..observation import TABLES, flattened
from .delivery import Breach, Clause, Delivery, breach


def check_rows(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """One row per row of the table that it follows."""
    seen, like = delivery.seen[clause["output"]], clause.get("rows_like")
    wanted = delivery.rows.get(like) if like else None
    if wanted is None or seen.rows == wanted or seen.kind in ("config", "towers", "loader"):
        return
    rows = max(seen.rows, 0)
    message = f"`{seen.output}` has {rows} rows, the {like} table has {wanted}"
    apart = abs(wanted - rows)
    evidence = f"{apart} row{'s' * (apart > 1)} too {'few' if rows < wanted else 'many'}"
    yield breach("IIML304", clause, message, [seen.output], evidence)


def check_order(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """Whole numbers as row labels tell that rows were moved or repeated; other labels tell nothing.

    A row whose label is less than the one before it stood before it when the table was read.
    """
    labels = row_labels(delivery.outputs[clause["output"]])
    if not clause.get("in_order") or labels is None or len(labels) < 2:
        return
    steps = np.diff(labels)
    bad = np.flatnonzero(steps <= 0)
    if len(bad):
        place = int(bad[0])
        what = "stand twice" if (steps >= 0).all() else "stand in another order than in the table"
        message = f"rows of `{clause['output']}` {what}"
        evidence = f"row {int(labels[place])} is followed by row {int(labels[place + 1])}"
        yield breach("IIML305", clause, message, [clause["output"]], evidence)


def check_alignment(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """Row by row with another output: as many, and under the same labels where both have some."""
    other = clause.get("aligned_with")
    mine = delivery.seen[clause["output"]]
    if not other or other not in delivery.seen or mine.kind not in TABLES:
        return
    theirs = delivery.seen[other]
    names = [mine.output, other]
    if mine.rows != theirs.rows:
        message = f"`{mine.output}` has {mine.rows} rows, `{other}` {theirs.rows}"
        yield breach("IIML305", clause, message, names, "each row must match one")
        return
    a, b = (row_labels(delivery.outputs[name]) for name in names)
    if a is None or b is None or np.array_equal(a, b):
        return
    place = int(np.flatnonzero(a != b)[0])
    message = f"rows of `{mine.output}` do not stand as those of `{other}`"
    evidence = f"at place {place}: row {int(a[place])} beside row {int(b[place])}"
    yield breach("IIML305", clause, message, names, evidence)


def check_unique(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """No value, such as an id, stands in two rows."""
    seen = delivery.seen[clause["output"]]
    if not clause.get("unique") or seen.kind not in ("frame", "series", "array"):
        return
    value = delivery.outputs[seen.output]
    rows = value if seen.kind == "frame" else pd.DataFrame(flattened(np.asarray(value)))
    twice = rows.astype(str).duplicated()
    if twice.any():
        first = rows[twice].iloc[0].tolist()
        message = f"`{seen.output}` has {int(twice.sum())} values that stand twice"
        yield breach("IIML326", clause, message, [seen.output], f"such as {first}")


def row_labels(value: Any) -> Any:
    """The labels of a frame's or series' rows where they are whole numbers, else None."""
    if not isinstance(value, (pd.DataFrame, pd.Series)):
        return None
    labels = value.index
    return labels.to_numpy() if pd.api.types.is_integer_dtype(labels.dtype) else None
