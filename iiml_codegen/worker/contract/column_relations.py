"""Columns: how many, those of another output, its categories, and none that is forbidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from ..observation import TABLES, as_array, kind_of
from ..target_copies import copies_of_target
from .delivery import Breach, Clause, Delivery, breach, named

DENSE = ("frame", "series", "array", "tensor")


def check_width(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """The number of columns."""
    seen, width = delivery.seen[clause["output"]], clause.get("width")
    if width is not None and seen.kind in TABLES and seen.columns != width:
        message = f"`{seen.output}` has {seen.columns} columns, not {width}"
        yield breach("IIML309", clause, message, [seen.output], f"it is {seen.summary()}")


def check_same_columns(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """The same columns in the same order as another output."""
    other = clause.get("same_columns_as")
    if not other or other not in delivery.seen:
        return
    mine, theirs = delivery.seen[clause["output"]], delivery.seen[other]
    if mine.columns != theirs.columns:
        extra = sorted(set(mine.names) ^ set(theirs.names))
        counts = f"`{mine.output}` has {mine.columns} columns, `{other}` {theirs.columns}"
        yield breach("IIML306", clause, counts + named(extra), extra, one_sided(mine, theirs))
    elif mine.names != theirs.names and mine.kind == theirs.kind:
        moved = [a for a, b in zip(mine.names, theirs.names, strict=True) if a != b]
        code = "IIML307" if sorted(mine.names) == sorted(theirs.names) else "IIML306"
        message = f"`{mine.output}` and `{other}` differ in columns or their order{named(moved)}"
        yield breach(code, clause, message, moved, one_sided(mine, theirs))


def one_sided(mine: Any, theirs: Any) -> str:
    """Which columns only one of two outputs has."""
    parts = [
        f"only `{seen.output}` has {', '.join(sorted(only))}"
        for seen, only in (
            (mine, set(mine.names) - set(theirs.names)),
            (theirs, set(theirs.names) - set(mine.names)),
        )
        if only
    ]
    return "; ".join(parts) or f"{mine.columns} columns beside {theirs.columns}"


def check_same_categories(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """Codes of a category mean the same only if both sides list the same values."""
    other = clause.get("same_categories_as") or clause.get("same_columns_as")
    if not other or other not in delivery.seen:
        return
    mine, theirs = delivery.outputs[clause["output"]], delivery.outputs[other]
    if not (isinstance(mine, pd.DataFrame) and isinstance(theirs, pd.DataFrame)):
        return
    dtypes = dict(zip(theirs.columns, theirs.dtypes, strict=True))
    pairs = zip(mine.columns, mine.dtypes, strict=True)
    shared = [(name, dtype, dtypes[name]) for name, dtype in pairs if name in dtypes]
    bad = [(str(name), a, b) for name, a, b in shared if "category" in (str(a), str(b)) and a != b]
    if bad:
        names = [name for name, _, _ in bad]
        message = f"categories are not those of `{other}`{named(names)}"
        yield breach("IIML308", clause, message, names, differing_levels(*bad[0]))


def differing_levels(name: str, mine: Any, theirs: Any) -> str:
    """Which values only one side lists."""
    if not (hasattr(mine, "categories") and hasattr(theirs, "categories")):
        return f"{name} is {mine} beside {theirs}"
    apart = sorted({str(v) for v in mine.categories} ^ {str(v) for v in theirs.categories})
    return f"{name}: one side alone lists{named(apart)}" if apart else f"{name}: another order"


def check_forbidden(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """No column that must not be a feature, by name."""
    seen = delivery.seen[clause["output"]]
    found = [name for name in clause.get("forbidden_columns", ()) if name in seen.names]
    if found:
        message = f"`{seen.output}` has columns that must not be features{named(found)}"
        yield breach("IIML316", clause, message, found, f"it has {seen.columns} columns")


def check_copies(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """No training feature that is the target itself, whatever its name or its codes."""
    output = clause["output"]
    features = clause.get("shape") == "features" and clause.get("rows_like") == "train"
    target = delivery.seen.get(delivery.target)
    if not features or output == delivery.target or target is None or target.kind not in DENSE:
        return
    value = comparable(delivery.outputs[output])
    if target.rows != delivery.seen[output].rows or is_pictures(value):
        return
    found = copies_of_target(value, comparable(delivery.outputs[delivery.target]))
    if found:
        message = f"`{output}` has columns that repeat the target{named(found)}"
        evidence = f"their values stand for those of `{delivery.target}`, one to one"
        yield breach("IIML317", clause, message, found, evidence)


def comparable(value: Any) -> Any:
    """A tensor as an array; anything else as it is."""
    return as_array(value) if kind_of(value) == "tensor" else value


def is_pictures(value: Any) -> bool:
    """An array of more than two dimensions: no pixel is compared with the target."""
    return isinstance(value, np.ndarray) and value.ndim > 2
