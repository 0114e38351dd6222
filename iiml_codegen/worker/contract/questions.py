"""Which questions a clause asks of a column; `frames` and `arrays` put them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .delivery import Clause
from .values import are_codes, is_of, strangers, within, without_gaps, without_infinities

Question = tuple[str, Callable[[Any], bool]]
"""A name of `wording.SAY`, and whether a column is as asked."""


def questions(clause: Clause, name: str) -> Iterator[Question]:
    """All that a clause asks of the column `name`."""
    if clause.get("no_missing"):
        yield "missing", without_gaps
    if clause.get("finite", True):
        yield "infinite", without_infinities
    if clause.get("numeric") or clause.get("labels") or clause.get("bounds"):
        yield "no numbers", partial(has_type, wanted=("number",))
    wanted = (
        [clause["dtypes"][name]] if name in clause.get("dtypes", {}) else clause.get("families")
    )
    if wanted:
        yield "dtype", partial(has_type, wanted=tuple(wanted))
    if clause.get("bounds"):
        yield "bounds", partial(within, bounds=clause["bounds"])
    if name in clause.get("ranges", {}):
        yield "range", partial(within, bounds=clause["ranges"][name])
    if name in clause.get("levels", {}):
        yield "levels", partial(are_codes, levels=clause["levels"][name])
    if clause.get("labels"):
        yield "labels", partial(are_codes, levels=clause["labels"])
    if clause.get("label_set"):
        yield "label set", partial(are_known, known=tuple(clause["label_set"]))


def has_type(column: Any, wanted: tuple[str, ...]) -> bool:
    """The column is of one of these families or dtypes."""
    return any(is_of(column.dtype, one, column) for one in wanted)


def are_known(column: Any, known: tuple[Any, ...]) -> bool:
    """All values that are no gaps are in the set."""
    return not strangers(column, known)


def asked_columns(clause: Clause) -> list[str]:
    """Columns that a clause speaks of by name: they must be there."""
    fields = ("columns", "dtypes", "ranges", "levels")
    return list(dict.fromkeys(name for field in fields for name in clause.get(field, ())))
