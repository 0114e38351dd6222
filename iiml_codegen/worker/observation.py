"""What an output of `prepare` really is: measured once, then read by every check.

Knows frames, series, arrays and sparse matrices; of anything else only the type's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from .metrics_labels import Floats

MOST_NAMES = 2000
"""Column names that an observation lists at most."""


@dataclass(frozen=True)
class Seen:
    """One output as measured.

    `kind` is frame, series, array, sparse, or the name of another type; `rows` is -1 where there
    are none. `missing`, `infinite` and `not_numbers` name columns (by number where they have no
    names); `missing_cells` counts.
    """

    output: str
    kind: str
    rows: int = -1
    columns: int = 0
    dtype: str = ""
    names: tuple[str, ...] = ()
    missing_cells: int = 0
    missing: tuple[str, ...] = ()
    infinite: tuple[str, ...] = ()
    not_numbers: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def plain(self) -> dict[str, Any]:
        """The plain `Observation` of `domain/contract.py`."""
        return {
            "output": self.output,
            "type": self.kind,
            "rows": max(self.rows, 0),
            "columns": self.columns,
            "dtype": self.dtype,
            "missing": self.missing_cells,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "column_names": list(self.names[:MOST_NAMES]),
        }


def kind_of(value: Any) -> str:
    """frame, series, array, sparse, or the type's name."""
    if isinstance(value, pd.DataFrame):
        return "frame"
    if isinstance(value, pd.Series):
        return "series"
    if sparse.issparse(value):
        return "sparse"
    return "array" if isinstance(value, np.ndarray) else type(value).__name__


def observe(output: str, value: Any) -> Seen:
    """Measure one output."""
    kind = kind_of(value)
    if kind not in ("frame", "series", "array", "sparse"):
        return Seen(output, kind)
    if kind == "sparse":
        return _observe_sparse(output, value)
    shape = value.shape
    parts = list(columns_of(value))
    missing = [(name, int(pd.isna(column).sum())) for name, column in parts]
    numbers = [(name, number) for name, c in parts if (number := as_numbers(c)) is not None]
    low, high = _extremes(column for _, column in numbers)
    return Seen(
        output=output,
        kind=kind,
        rows=int(shape[0]) if shape else -1,
        columns=len(parts),
        dtype=_dtype(value),
        names=tuple(str(name) for name in value.columns) if kind == "frame" else (),
        missing_cells=sum(count for _, count in missing),
        missing=tuple(name for name, count in missing if count),
        infinite=tuple(name for name, column in numbers if np.isinf(column).any()),
        not_numbers=tuple(sorted({n for n, _ in parts} - {n for n, _ in numbers})),
        minimum=low,
        maximum=high,
    )


def _observe_sparse(output: str, value: Any) -> Seen:
    """A sparse matrix; its extremes take the zeros that it does not store into account."""
    data = np.asarray(value.data, dtype=np.float64)
    full = value.nnz == value.shape[0] * value.shape[1]
    low, high = _extremes([data if full else np.append(data, 0.0)])
    bad = bool(np.isinf(data).any())
    absent = int(np.isnan(data).sum())
    return Seen(
        output=output,
        kind="sparse",
        rows=int(value.shape[0]),
        columns=int(value.shape[1]),
        dtype=str(value.dtype),
        missing_cells=absent,
        missing=("some columns",) if absent else (),
        infinite=("some columns",) if bad else (),
        minimum=low,
        maximum=high,
    )


def columns_of(value: Any) -> Iterator[tuple[str, Any]]:
    """The columns of a frame, series or array with their names; arrays are seen as 2-D."""
    if isinstance(value, pd.DataFrame):
        for place, name in enumerate(value.columns):
            yield str(name), value.iloc[:, place]
    elif isinstance(value, pd.Series):
        yield str(value.name or 0), value
    elif value.ndim:
        flat = value.reshape(len(value), -1) if value.size else value.reshape(len(value), 0)
        for place in range(flat.shape[1]):
            yield str(place), flat[:, place]


def as_numbers(column: Any) -> Floats | None:
    """Numbers and booleans as floats, gaps as NaN; None for text, categories and dates."""
    dtype = column.dtype
    if isinstance(dtype, np.dtype):
        if dtype.kind not in "biuf":
            return None
        return np.asarray(column, dtype=np.float64)
    if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype)):
        return None
    if isinstance(dtype, pd.CategoricalDtype):
        return None
    numbers: npt.NDArray[np.float64] = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers


def _extremes(columns: Any) -> tuple[float | None, float | None]:
    """Least and largest finite number of all columns."""
    found = [c[np.isfinite(c)] for c in columns]
    found = [c for c in found if len(c)]
    if not found:
        return None, None
    return min(float(c.min()) for c in found), max(float(c.max()) for c in found)


def _dtype(value: Any) -> str:
    """One dtype, or for frames how many columns have which: "category x 3, float64 x 12"."""
    if not isinstance(value, pd.DataFrame):
        return str(value.dtype)
    counts = value.dtypes.astype(str).value_counts()
    return ", ".join(f"{name} x {count}" for name, count in sorted(counts.items()))
