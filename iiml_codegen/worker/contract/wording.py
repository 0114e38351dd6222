"""What is said about values that break a clause: the same words for every kind of table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..observation import Seen
from .delivery import Breach, Clause, breach, named
from .values import are_whole, limits, span, strangers

Columns = Mapping[str, Any]
"""The columns of an output by name."""
Say = Callable[[Clause, Seen, Sequence[str], Columns], Breach]
SHOWN = 3


def say_missing(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Gaps, counted over all columns."""
    message = f"`{seen.output}` has {seen.missing_cells} missing values{named(names)}"
    share = seen.missing_cells / max(seen.rows * seen.columns, 1)
    return breach("IIML310", clause, message, names, f"{share:.2%} of its cells")


def say_infinite(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Infinities."""
    message = f"`{seen.output}` has infinite values{named(names)}"
    return breach("IIML311", clause, message, names, seen.summary())


def say_no_numbers(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Text, categories or dates where a model computes."""
    message = f"`{seen.output}` has columns that are no numbers{named(names)}"
    return breach("IIML312", clause, message, names, dtypes_of(names, columns) or seen.dtype)


def say_dtype(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Another dtype or family than asked for."""
    asked = clause.get("dtypes", {})
    families = " or ".join(clause.get("families", ()))
    wanted = "; ".join(f"{name} must be {asked.get(name, families)}" for name in names[:SHOWN])
    message = f"`{seen.output}` has columns of another type{named(names)}"
    is_now = dtypes_of(names, columns) or f"it is {seen.dtype}"
    return breach("IIML313", clause, message, names, f"{is_now}; {wanted}")


def say_bounds(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Numbers beyond the bounds of the whole output."""
    message = (
        f"`{seen.output}` goes from {seen.minimum:g} to {seen.maximum:g}, "
        f"outside {limits(clause['bounds'])}"
    )
    return breach("IIML314", clause, message, names, seen.summary())


def say_range(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Numbers beyond the range of their column."""
    told = [
        f"{name} goes from {span(columns[name])}, not {limits(clause['ranges'][name])}"
        for name in names
        if name in columns
    ]
    message = f"`{seen.output}` has columns outside their range{named(names)}"
    return breach("IIML314", clause, message, names, "; ".join(told[:SHOWN]))


def say_labels(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Class codes that are none."""
    output, most = seen.output, clause["labels"] - 1
    if not all(are_whole(column) for column in columns.values()):
        message = f"`{output}` has codes that are no whole numbers"
    else:
        spread = f"from {seen.minimum:g} to {seen.maximum:g}"
        message = f"`{output}` has codes {spread}, not 0 to {most}"
    return breach("IIML315", clause, message, [output], seen.summary())


def say_label_set(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Labels that the task does not know."""
    known = clause["label_set"]
    listed = sorted({str(v) for c in columns.values() for v in strangers(c, known)})
    message = f"`{seen.output}` has labels that the task does not know{named(listed)}"
    return breach("IIML315", clause, message, listed, f"known are{named(sorted(map(str, known)))}")


def say_levels(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Codes of an encoded category beyond its levels."""
    told = [
        f"{name} holds {span(columns[name])}, its {clause['levels'][name]} levels are coded from 0"
        for name in names
        if name in columns
    ]
    message = f"`{seen.output}` has codes that stand for no level{named(names)}"
    return breach("IIML320", clause, message, names, "; ".join(told[:SHOWN]))


def say_lacking(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Columns that are promised and not there."""
    message = f"`{seen.output}` lacks columns{named(names)}"
    return breach("IIML306", clause, message, names, f"it has{named(seen.names) or ' none'}")


def say_surplus(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Columns that nobody promised."""
    message = f"`{seen.output}` has columns that the contract does not list{named(names)}"
    return breach("IIML306", clause, message, names, f"listed are{named(clause['columns'])}")


def say_twice(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """Two columns under one name."""
    message = f"`{seen.output}` has several columns of one name{named(names)}"
    return breach("IIML306", clause, message, names, f"it has {seen.columns} columns")


def say_order(clause: Clause, seen: Seen, names: Sequence[str], columns: Columns) -> Breach:
    """The right columns in another order."""
    message = f"`{seen.output}` has its columns in another order than promised{named(names)}"
    return breach("IIML307", clause, message, names, f"promised is{named(clause['columns'])}")


def dtypes_of(names: Sequence[str], columns: Columns) -> str:
    """The dtypes of the first few columns."""
    known = [name for name in names if name in columns][:SHOWN]
    return ", ".join(f"{name} is {columns[name].dtype}" for name in known)


SAY: dict[str, Say] = {
    "missing": say_missing,
    "infinite": say_infinite,
    "no numbers": say_no_numbers,
    "dtype": say_dtype,
    "bounds": say_bounds,
    "range": say_range,
    "labels": say_labels,
    "label set": say_label_set,
    "levels": say_levels,
    "lacking": say_lacking,
    "surplus": say_surplus,
    "twice": say_twice,
    "order": say_order,
}
"""By the name that a question has in `frames` and `arrays`."""
