"""Verb `check_contract`: the clauses of the interface contract, executed on live objects.

Reads a pickle that generated code wrote: run it as a process of its own in the sandbox, never in
the persistent worker. One function per check; what it returns is the violation's message.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .errors import DataError
from .observation import Seen, as_numbers, columns_of, observe
from .predictions import required
from .target_copies import copies_of_target

Clause = dict[str, Any]
"""A plain `Clause` of `domain/contract.py`."""
NAMED = 5
"""Columns that a message names before it counts."""


@dataclass(frozen=True)
class Delivery:
    """All outputs of one `prepare`, how they look, and how many rows the tables have."""

    outputs: dict[str, Any]
    seen: dict[str, Seen]
    rows: dict[str, int]
    target: str


def check_contract(params: dict[str, Any]) -> dict[str, Any]:
    """Observe every output and check every clause.

    Params: prepared (path of a pickled dict), contract (a plain Contract), rows {"train", "test"}.
    Answers observations [plain Observation] and violations [{"clause", "message", "output"}].
    """
    contract = required(params, "contract")
    outputs = load_outputs(str(required(params, "prepared")))
    seen = {name: observe(name, value) for name, value in outputs.items()}
    target = contract.get("target_output", "target")
    delivery = Delivery(outputs, seen, required(params, "rows"), target)
    return {
        "observations": [seen[name].plain() for name in outputs],
        "violations": [v for clause in contract["clauses"] for v in violations(clause, delivery)],
    }


def load_outputs(path: str) -> dict[str, Any]:
    """What `prepare` returned; raises DataError where that is no dict of named outputs."""
    try:
        outputs = pickle.loads(Path(path).read_bytes())
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError) as error:
        raise DataError(f"cannot read the prepared outputs: {error}", code="IIML301") from error
    if not isinstance(outputs, dict):
        hint = "return a dict of named outputs"
        raise DataError(f"prepare returned a {type(outputs).__name__}", hint=hint, code="IIML301")
    return {str(name): value for name, value in outputs.items()}


def violations(clause: Clause, delivery: Delivery) -> list[dict[str, str]]:
    """What is wrong by one clause."""
    output = clause["output"]
    if output not in delivery.seen:
        have = ", ".join(sorted(delivery.seen)) or "nothing"
        messages = [f"prepare returned no `{output}` (it returned {have})"]
    else:
        found = [check(clause, delivery) for check in CHECKS]
        messages = [message for message in found if message]
    return [{"clause": clause["id"], "message": m, "output": output} for m in messages]


def check_kind(clause: Clause, delivery: Delivery) -> str | None:
    """The output is one of the kinds that its consumers take."""
    seen = delivery.seen[clause["output"]]
    if not clause["kind"] or seen.kind in clause["kind"]:
        return None
    return f"`{seen.output}` is of kind {seen.kind}, not {' or '.join(clause['kind'])}"


def check_rows(clause: Clause, delivery: Delivery) -> str | None:
    """One row per row of the table that it follows."""
    seen, like = delivery.seen[clause["output"]], clause["rows_like"]
    wanted = delivery.rows.get(like)
    if wanted is None or seen.rows == wanted:
        return None
    return f"`{seen.output}` has {max(seen.rows, 0)} rows, the {like} table has {wanted}"


def check_columns(clause: Clause, delivery: Delivery) -> str | None:
    """The same columns in the same order as another output, categories included."""
    other = clause.get("same_columns_as")
    if not other or other not in delivery.seen:
        return None
    mine, theirs = delivery.seen[clause["output"]], delivery.seen[other]
    if mine.columns != theirs.columns:
        extra = named(sorted(set(mine.names) ^ set(theirs.names)))
        return f"`{mine.output}` has {mine.columns} columns, `{other}` {theirs.columns}{extra}"
    if mine.names != theirs.names:
        moved = [a for a, b in zip(mine.names, theirs.names, strict=True) if a != b]
        return f"`{mine.output}` and `{other}` differ in columns or their order{named(moved)}"
    return _categories_differ(delivery.outputs[mine.output], delivery.outputs[other], other)


def _categories_differ(mine: Any, theirs: Any, other: str) -> str | None:
    """Codes of a category mean the same only if both sides list the same values."""
    if not (isinstance(mine, pd.DataFrame) and isinstance(theirs, pd.DataFrame)):
        return None
    pairs = zip(mine.columns, mine.dtypes, theirs.dtypes, strict=True)
    bad = [str(name) for name, a, b in pairs if "category" in (str(a), str(b)) and a != b]
    return f"categories are not those of `{other}`{named(bad)}" if bad else None


def check_width(clause: Clause, delivery: Delivery) -> str | None:
    """The number of columns."""
    seen, width = delivery.seen[clause["output"]], clause.get("width")
    if width is None or seen.columns == width:
        return None
    return f"`{seen.output}` has {seen.columns} columns, not {width}"


def check_missing(clause: Clause, delivery: Delivery) -> str | None:
    """No gaps."""
    seen = delivery.seen[clause["output"]]
    if not clause.get("no_missing") or not seen.missing_cells:
        return None
    return f"`{seen.output}` has {seen.missing_cells} missing values{named(seen.missing)}"


def check_finite(clause: Clause, delivery: Delivery) -> str | None:
    """No infinities; gaps are another clause's matter."""
    seen = delivery.seen[clause["output"]]
    if not clause.get("finite", True) or not seen.infinite:
        return None
    return f"`{seen.output}` has infinite values{named(seen.infinite)}"


def check_numeric(clause: Clause, delivery: Delivery) -> str | None:
    """Numbers and booleans only; also wherever codes or bounds are asked for."""
    seen = delivery.seen[clause["output"]]
    asked = clause.get("numeric") or clause.get("labels") or clause.get("bounds")
    if not asked or not seen.not_numbers:
        return None
    return f"`{seen.output}` has columns that are no numbers{named(seen.not_numbers)}"


def check_bounds(clause: Clause, delivery: Delivery) -> str | None:
    """All numbers within bounds, ends included."""
    seen, bounds = delivery.seen[clause["output"]], clause.get("bounds")
    if not bounds or seen.minimum is None or seen.maximum is None:
        return None
    if bounds[0] <= seen.minimum and seen.maximum <= bounds[1]:
        return None
    return (
        f"`{seen.output}` goes from {seen.minimum:g} to {seen.maximum:g}, "
        f"outside {bounds[0]:g} to {bounds[1]:g}"
    )


def check_labels(clause: Clause, delivery: Delivery) -> str | None:
    """Codes 0..K-1, whole numbers."""
    output, labels = clause["output"], clause.get("labels")
    seen = delivery.seen[output]
    if labels is None or seen.kind not in ("array", "series", "frame"):
        return None
    columns = [as_numbers(column) for _, column in columns_of(delivery.outputs[output])]
    codes = [c[np.isfinite(c)] for c in columns if c is not None]
    if any((c != np.rint(c)).any() for c in codes):
        return f"`{output}` has codes that are no whole numbers"
    if all(((c >= 0) & (c < labels)).all() for c in codes):
        return None
    return f"`{output}` has codes from {seen.minimum:g} to {seen.maximum:g}, not 0 to {labels - 1}"


def check_forbidden(clause: Clause, delivery: Delivery) -> str | None:
    """No column that must not be a feature, by name."""
    seen = delivery.seen[clause["output"]]
    found = [name for name in clause.get("forbidden_columns", ()) if name in seen.names]
    return f"`{seen.output}` has columns that must not be features{named(found)}" if found else None


def check_copies(clause: Clause, delivery: Delivery) -> str | None:
    """No training feature that is the target itself, whatever its name or its codes."""
    output = clause["output"]
    features = clause.get("shape") == "features" and clause["rows_like"] == "train"
    target = delivery.seen.get(delivery.target)
    if not features or output == delivery.target or target is None:
        return None
    if target.rows != delivery.seen[output].rows:
        return None
    found = copies_of_target(delivery.outputs[output], delivery.outputs[delivery.target])
    return f"`{output}` has columns that repeat the target{named(found)}" if found else None


def named(names: Any) -> str:
    """Up to a few names after a colon."""
    listed = [str(name) for name in names]
    if not listed:
        return ""
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return f": {', '.join(listed[:NAMED])}{more}"


CHECKS: tuple[Callable[[Clause, Delivery], str | None], ...] = (
    check_kind,
    check_rows,
    check_columns,
    check_width,
    check_missing,
    check_finite,
    check_numeric,
    check_bounds,
    check_labels,
    check_forbidden,
    check_copies,
)
