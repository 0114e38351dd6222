"""Datasets and loaders: how long they are, and what their first element is made of.

Nothing but the first element is read, as the others may be files, or made anew for each epoch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..observation import TABLES, kind_of, observe
from .arrays import measured
from .delivery import Breach, Clause, Delivery, breach

NOTHING = object()


def check_loader(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """Length and first element."""
    seen = delivery.seen[clause["output"]]
    if seen.kind != "loader":
        return
    value = delivery.outputs[seen.output]
    yield from check_length(clause, delivery, value)
    if not (clause.get("batch") or clause.get("parts") or clause.get("width")):
        return
    try:
        first = first_element(value)
    except Exception as error:  # noqa: BLE001  (it is the user's code that runs here)
        message = f"the first element of `{seen.output}` cannot be read"
        evidence = f"{type(error).__name__}: {error}"
        yield breach("IIML322", clause, message, [seen.output], evidence)
        return
    yield from check_element(clause, first)


def check_length(clause: Clause, delivery: Delivery, value: Any) -> Iterator[Breach]:
    """So many batches or items as promised, and an item for each row of its table."""
    output, like = clause["output"], clause.get("rows_like")
    rows = dataset_rows(value)
    wanted = delivery.rows.get(like) if like else None
    if wanted is not None and rows is not None and rows != wanted:
        message = f"`{output}` has {rows} rows, the {like} table has {wanted}"
        yield breach("IIML321", clause, message, [output], f"its length is {rows}")
    length = clause.get("length")
    if length is not None and (not hasattr(value, "__len__") or len(value) != length):
        has = f"{len(value)} elements" if hasattr(value, "__len__") else "no length"
        message = f"`{output}` has {has}, not {length}"
        yield breach("IIML321", clause, message, [output], f"it is a {type(value).__name__}")


def dataset_rows(value: Any) -> int | None:
    """How many rows a dataset has, or the one behind a loader; None where nobody knows."""
    source = getattr(value, "dataset", value)
    if source is value and not hasattr(value, "__getitem__"):
        return None
    return len(source) if hasattr(source, "__len__") else None


def first_element(value: Any) -> Any:
    """The first item of a dataset, or the first batch of a loader; NOTHING where it is empty."""
    if hasattr(value, "__getitem__") and hasattr(value, "__len__"):
        return value[0] if len(value) else NOTHING
    return next(iter(value), NOTHING)


def check_element(clause: Clause, first: Any) -> Iterator[Breach]:
    """What the first element is made of: parts, rows, columns, numbers without infinities."""
    output = clause["output"]
    if first is NOTHING:
        yield breach("IIML322", clause, f"`{output}` gives no element", [output], "it is empty")
        return
    parts = list(first.values()) if isinstance(first, dict) else first
    parts = list(parts) if isinstance(parts, (list, tuple)) else [parts]
    wanted = clause.get("parts")
    if wanted is not None and len(parts) != wanted:
        message = f"elements of `{output}` have {len(parts)} parts, not {wanted}"
        yield breach("IIML322", clause, message, [output], f"made of {kinds(parts)}")
        return
    tables = [part for part in parts if kind_of(part) in TABLES]
    if not tables:
        message = f"elements of `{output}` hold no table of numbers"
        yield breach("IIML322", clause, message, [output], f"made of {kinds(parts)}")
        return
    seen = observe(f"the first element of {output}", tables[0])
    for field, has in (("batch", seen.rows), ("width", seen.columns)):
        asked = clause.get(field)
        if asked is not None and has != asked:
            what = "rows" if field == "batch" else "columns"
            message = f"the first element of `{output}` has {has} {what}, not {asked}"
            yield breach("IIML322", clause, message, [output], f"it is {seen.summary()}")
    yield from measured(clause, seen)


def kinds(parts: list[Any]) -> str:
    """The kinds of parts."""
    return ", ".join(kind_of(part) for part in parts) or "nothing"
