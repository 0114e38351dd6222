"""How many different values a column has; numbers are sorted, which is quick and small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd


def distinct_count(values: pd.Series) -> int:
    """Different values, missing ones aside."""
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind not in "iuf":
        return int(values.nunique())
    numbers = values.to_numpy()
    if numbers.dtype.kind == "f":
        numbers = numbers[~np.isnan(numbers)]
    return len(numbers) - repeats(numbers)


def repeats(numbers: npt.NDArray[Any]) -> int:
    """How many numbers stand behind an equal one when they are sorted."""
    ordered = np.sort(numbers)
    return int((ordered[1:] == ordered[:-1]).sum())


def among(values: pd.Series, known: pd.Series) -> npt.NDArray[np.bool_]:
    """Which values are one of the known ones; as `isin`, which is slow for many texts."""
    import pandas as pd

    codes, names = pd.factorize(pd.concat([known, values], ignore_index=True))
    there = np.zeros(len(names) + 1, np.bool_)
    there[codes[: len(known)]] = True
    there[-1] = False
    return np.asarray(there[codes[len(known) :]], np.bool_)
