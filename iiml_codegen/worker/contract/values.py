"""What one column of values must be: questions with yes or no, asked of any kind of table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..metrics_labels import Floats
from ..observation import as_numbers

Bounds = Sequence[float | None]
ROUNDING = 1e-5
TEXT_TYPES = ("string", "empty", "mixed")


def finite_numbers(column: Any) -> Floats:
    """The numbers of a column without gaps and infinities; none for text."""
    numbers = as_numbers(column)
    return np.zeros(0) if numbers is None else numbers[np.isfinite(numbers)]


def without_gaps(column: Any) -> bool:
    """No value is missing."""
    return not bool(pd.isna(column).any())


def without_infinities(column: Any) -> bool:
    """No number is infinite; gaps are another clause's matter."""
    numbers = as_numbers(column)
    return numbers is None or not bool(np.isinf(numbers).any())


def within(column: Any, bounds: Bounds) -> bool:
    """All numbers within bounds, ends included."""
    numbers = finite_numbers(column)
    return not len(numbers) or spans(bounds, float(numbers.min()), float(numbers.max()))


def spans(bounds: Bounds, least: float, greatest: float) -> bool:
    """Whether bounds hold two numbers, but for what single precision rounds away."""
    low, high = bounds
    above = low is None or least >= low - ROUNDING * max(1.0, abs(low))
    return above and (high is None or greatest <= high + ROUNDING * max(1.0, abs(high)))


def are_whole(column: Any) -> bool:
    """All numbers are whole."""
    numbers = finite_numbers(column)
    return bool((numbers == np.rint(numbers)).all())


def are_codes(column: Any, levels: int) -> bool:
    """Whole numbers from 0 to one less than the levels; -1 is no code. Categories count levels."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return len(column.dtype.categories) <= levels
    return are_whole(column) and within(column, (0.0, levels - 1.0))


def strangers(column: Any, known: Iterable[Any]) -> list[Any]:
    """Values that are not in a set, gaps left out, each once; what has no hash is a stranger."""
    held, listed = column[~pd.isna(column)].tolist(), frozenset(known)
    try:
        return sorted(set(held) - listed, key=str)
    except TypeError:
        return list(dict.fromkeys(map(repr, held)))


def is_of(dtype: Any, wanted: str, column: Any) -> bool:
    """Whether a column has a dtype by exact name, or is of a family."""
    if wanted == "text":
        return is_text(dtype, column)
    known = FAMILIES.get(wanted)
    return known(dtype) if known else str(dtype) == wanted


def is_number(dtype: Any) -> bool:
    """Numbers and booleans, of numpy or pandas; no categories."""
    if is_category(dtype):
        return False
    return bool(pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype))


def is_text(dtype: Any, column: Any) -> bool:
    """Strings, under a dtype of their own or as objects."""
    if isinstance(dtype, np.dtype) and dtype.kind == "O":
        return bool(pd.api.types.infer_dtype(column, skipna=True) in TEXT_TYPES)
    return bool(pd.api.types.is_string_dtype(dtype)) and not is_category(dtype)


def is_category(dtype: Any) -> bool:
    """A fixed list of values, held as codes."""
    return isinstance(dtype, pd.CategoricalDtype)


FAMILIES: dict[str, Callable[[Any], bool]] = {
    "number": is_number,
    "integer": lambda d: is_number(d) and bool(pd.api.types.is_integer_dtype(d)),
    "float": lambda d: is_number(d) and bool(pd.api.types.is_float_dtype(d)),
    "boolean": lambda d: not is_category(d) and bool(pd.api.types.is_bool_dtype(d)),
    "category": is_category,
    "date": lambda d: bool(pd.api.types.is_datetime64_any_dtype(d)),
}


def span(column: Any) -> str:
    """From which number to which a column goes."""
    numbers = finite_numbers(column)
    return f"{numbers.min():g} to {numbers.max():g}" if len(numbers) else "no number"


def limits(bounds: Bounds) -> str:
    """Bounds in words."""
    low, high = bounds
    if low is None:
        return f"at most {high:g}" if high is not None else "any number"
    return f"at least {low:g}" if high is None else f"{low:g} to {high:g}"
