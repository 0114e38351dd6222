"""What the checks are given, and what they give back."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from ..observation import Seen, observe

if TYPE_CHECKING:
    from .table_rows import Source

Clause = dict[str, Any]
"""A plain `Clause` of `domain/contract.py`; what has its default may be left out."""
Breach = dict[str, Any]
"""A plain `Breach` of `domain/contract.py`."""
NAMED = 5
"""Columns that a message names before it counts."""
UNREADABLE = "IIML302"


@dataclass(frozen=True)
class Delivery:
    """All outputs of one `prepare`, how they look, and how many rows the tables have.

    The towers of a dict stand beside it, under names such as `rows_train.image`. `source` reads the
    tables that prep read, where they may be read.
    """

    outputs: dict[str, Any]
    seen: dict[str, Seen]
    rows: dict[str, int]
    target: str
    source: Source | None = None


Check = Callable[[Clause, Delivery], Iterator[Breach]]


def deliver(
    outputs: dict[str, Any], rows: dict[str, int], target: str, source: Source | None = None
) -> Delivery:
    """Measure every output, and every tower of a dict of towers."""
    flat: dict[str, Any] = {}
    seen: dict[str, Seen] = {}
    for name, value in outputs.items():
        flat[name], seen[name] = value, observe(name, value)
        if seen[name].kind == "towers":
            for part, tower in value.items():
                place = f"{name}.{part}"
                flat[place], seen[place] = tower, observe(place, tower)
    return Delivery(flat, seen, rows, target, source)


def load_outputs(path: str) -> dict[str, Any]:
    """What `prepare` returned; raises DataError where that is no dict of named outputs."""
    try:
        outputs = pickle.loads(Path(path).read_bytes())
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError) as error:
        raise DataError(
            f"cannot read the prepared outputs: {error}",
            hint="return tables, arrays and plain values from prepare",
            code=UNREADABLE,
        ) from error
    if not isinstance(outputs, dict):
        hint = "return a dict of named outputs"
        raise DataError(f"prepare returned a {type(outputs).__name__}", hint=hint, code=UNREADABLE)
    return {str(name): value for name, value in outputs.items()}


def breach(
    code: str, clause: Clause, message: str, names: Sequence[Any] = (), evidence: str = ""
) -> Breach:
    """One way in which a clause is not kept."""
    return {
        "code": code,
        "clause": clause["id"],
        "output": clause["output"],
        "message": message,
        "names": [str(name) for name in names],
        "evidence": evidence,
    }


def named(names: Sequence[Any]) -> str:
    """Up to a few names after a colon."""
    listed = [str(name) for name in names]
    if not listed:
        return ""
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return f": {', '.join(listed[:NAMED])}{more}"
