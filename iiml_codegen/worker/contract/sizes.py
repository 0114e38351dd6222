"""Sparse tables stay sparse, and no output takes more memory than was planned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ..observation import TABLES, as_array, as_numbers, columns_of, stored_values
from .delivery import Breach, Clause, Delivery, breach
from .presence import dense_by_mistake

UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
STEP = 1024


def check_sparse(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """Stored sparsely, and mostly zeros."""
    seen = delivery.seen[clause["output"]]
    if dense_by_mistake(clause, seen.kind):
        message = f"`{seen.output}` must stay sparse and is a dense {seen.kind}"
        evidence = f"it takes {amount(seen.bytes)}"
        yield breach("IIML318", clause, message, [seen.output], evidence)
        return
    least = clause.get("min_zeros")
    if least is None or seen.kind not in TABLES or not seen.rows * seen.columns:
        return
    share = zeros(delivery.outputs[seen.output])
    if share < least:
        message = f"`{seen.output}` has {share:.0%} zeros, at least {least:.0%} were promised"
        yield breach("IIML318", clause, message, [seen.output], f"it takes {amount(seen.bytes)}")


def zeros(value: Any) -> float:
    """The share of cells that are zero."""
    if sparse.issparse(value):
        full: int = value.shape[0] * value.shape[1]
        return 1.0 - np.count_nonzero(stored_values(value)) / float(full)
    if isinstance(value, (pd.DataFrame, pd.Series)):
        columns = [as_numbers(column) for _, column in columns_of(value)]
        counted = sum(int(np.count_nonzero(c == 0)) for c in columns if c is not None)
        return counted / float(value.size)
    array = value if isinstance(value, np.ndarray) else as_array(value)
    return 1.0 - np.count_nonzero(array) / float(array.size)


def check_memory(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """No more bytes than the plan allows."""
    seen, most = delivery.seen[clause["output"]], clause.get("max_bytes")
    if most is not None and seen.bytes > most:
        message = f"`{seen.output}` takes {amount(seen.bytes)}, more than {amount(most)}"
        yield breach("IIML319", clause, message, [seen.output], f"it is {seen.summary()}")


def amount(size: float) -> str:
    """Bytes in a unit that suits them."""
    for unit in UNITS:
        if size < STEP or unit == UNITS[-1]:
            break
        size /= STEP
    return f"{size:.3g} {unit}"
