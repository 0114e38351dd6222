"""Values of arrays, tensors and sparse tables, which pandera does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..observation import Seen, as_array, columns_of, stored_values
from .delivery import Breach, Clause, Delivery
from .questions import asked_columns, questions
from .values import is_of, spans
from .wording import SAY, Columns

MEASURED = ("missing", "infinite", "no numbers", "bounds")
"""Questions that the one measuring pass has answered for all columns."""


def check_values(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """Everything that a clause says about the values of an array, a tensor or a sparse table."""
    seen = delivery.seen[clause["output"]]
    if seen.kind not in ("array", "tensor", "sparse"):
        return
    value = delivery.outputs[seen.output]
    yield from measured(clause, seen)
    if seen.kind == "sparse":
        stored = stored_values(value)
        whole = {"": stored if len(stored) == np.prod(value.shape) else np.append(stored, 0.0)}
        yield from failing(clause, seen, whole, value.dtype)
        return
    array = as_array(value) if seen.kind == "tensor" else value
    by_column = {name: c for name, c in columns_of(array) if name in asked_columns(clause)}
    yield from failing(clause, seen, by_column or {"": array.ravel()}, array.dtype)


def measured(clause: Clause, seen: Seen) -> Iterator[Breach]:
    """What the measuring pass knows."""
    asked = [question for question, _ in questions(clause, "")]
    if "missing" in asked and seen.missing_cells:
        yield SAY["missing"](clause, seen, seen.missing, {})
    if "infinite" in asked and seen.infinite:
        yield SAY["infinite"](clause, seen, seen.infinite, {})
    if "no numbers" in asked and seen.not_numbers:
        yield SAY["no numbers"](clause, seen, seen.not_numbers, {})
    low, high = seen.minimum, seen.maximum
    if "bounds" not in asked or low is None or high is None:
        return
    if not spans(clause["bounds"], low, high):
        yield SAY["bounds"](clause, seen, [seen.output], {})


def failing(clause: Clause, seen: Seen, columns: Columns, dtype: Any) -> Iterator[Breach]:
    """The questions that are left, to each column that the clause names or to all values."""
    bad: dict[str, list[str]] = {}
    for name, column in columns.items():
        for question, ask in questions(clause, name):
            if question == "dtype":
                held = any(is_of(dtype, one, column) for one in wanted_types(clause, name))
            else:
                held = question in MEASURED or ask(column)
            if not held:
                bad.setdefault(question, []).append(name or seen.output)
    for question, names in bad.items():
        yield SAY[question](clause, seen, names, columns)


def wanted_types(clause: Clause, name: str) -> list[str]:
    """The dtypes or families that a column may have."""
    exact = clause.get("dtypes", {})
    return [exact[name]] if name in exact else list(clause.get("families", ()))
