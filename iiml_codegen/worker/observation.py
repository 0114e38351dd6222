"""What an output of `prepare` really is: measured once, then read by every check.

Knows frames, series, arrays, sparse matrices and tensors; of loaders, configuration and dicts of
towers only what they are, of anything else only the type's name.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from .metrics_labels import Floats

TABLES = ("frame", "series", "array", "sparse", "tensor")
"""Kinds that have rows, columns and values."""
MOST_NAMES = 2000
"""Column names that an observation lists at most."""
CELLS_AT_ONCE = 4_000_000
MOST_EXAMPLES = 100
"""Columns of which an observation has first values."""
FIRST_VALUES = 3
ROWS_LOOKED_AT = 100
LONGEST_VALUE = 40
STORED = ("data", "indices", "indptr", "row", "col", "offsets")
"""What the formats of scipy keep."""


@dataclass(frozen=True)
class Seen:
    """One output as measured.

    `kind` is one of `TABLES`, loader, config, towers, or the name of another type; `rows` is -1
    where there are none. `missing`, `infinite` and `not_numbers` name columns (by number where they
    have no names); `missing_cells` counts. `dtypes` belong to `names`.
    """

    output: str
    kind: str
    rows: int = -1
    columns: int = 0
    dtype: str = ""
    names: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ()
    missing_cells: int = 0
    missing: tuple[str, ...] = ()
    infinite: tuple[str, ...] = ()
    not_numbers: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    bytes: int = 0
    examples: tuple[str, ...] = ()

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
            "column_dtypes": list(self.dtypes[:MOST_NAMES]),
            "missing_columns": list(self.missing[:MOST_NAMES]),
            "bytes": self.bytes,
            "examples": list(self.examples),
        }

    def summary(self) -> str:
        """What it was, in a few words."""
        article = "an" if self.kind[:1] in "aeiou" else "a"
        if self.rows < 0:
            return f"{article} {self.kind}"
        size = f"{self.rows} x {self.columns}"
        span = "" if self.minimum is None else f", {self.minimum:g} to {self.maximum:g}"
        return f"{article} {self.kind} of {size} ({self.dtype}{span})"


def kind_of(value: Any) -> str:
    """One of `TABLES`, loader, config, towers, or the type's name."""
    if isinstance(value, pd.DataFrame):
        return "frame"
    if isinstance(value, pd.Series):
        return "series"
    if sparse.issparse(value):
        return "sparse"
    if isinstance(value, np.ndarray):
        return "structured array" if value.dtype.kind == "V" else "array"
    if type(value).__module__.partition(".")[0] == "torch" and hasattr(value, "detach"):
        return "tensor"
    if isinstance(value, dict):
        return "towers" if any(kind_of(part) in TABLES for part in value.values()) else "config"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return "config"
    plain = isinstance(value, (str, bytes, list, tuple, set, frozenset, type))
    loads = hasattr(value, "__iter__") or hasattr(value, "__getitem__")
    return "loader" if loads and not plain else type(value).__name__


def observe(output: str, value: Any) -> Seen:
    """Measure one output."""
    kind = kind_of(value)
    if kind == "sparse":
        return _observe_sparse(output, value)
    if kind == "tensor":
        seen = _observe_numbers(output, as_array(value))
        size = int(value.element_size() * value.nelement())
        return dataclasses.replace(seen, kind="tensor", dtype=str(value.dtype), bytes=size)
    if kind == "array" and value.dtype.kind in "biuf":
        return _observe_numbers(output, value)
    if kind in ("frame", "series", "array"):
        return _observe_columns(output, kind, value)
    if kind == "towers":
        names = tuple(str(name) for name in value)
        return Seen(output, kind, columns=len(names), names=names)
    if kind == "loader" and hasattr(value, "__len__"):
        return Seen(output, kind, rows=len(value))
    return Seen(output, kind)


def _observe_columns(output: str, kind: str, value: Any) -> Seen:
    """A frame, a series, or an array of objects: column by column."""
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
        dtypes=tuple(str(dtype) for dtype in value.dtypes) if kind == "frame" else (),
        missing_cells=sum(count for _, count in missing),
        missing=tuple(name for name, count in missing if count),
        infinite=tuple(name for name, column in numbers if np.isinf(column).any()),
        not_numbers=tuple(sorted({n for n, _ in parts} - {n for n, _ in numbers})),
        minimum=low,
        maximum=high,
        bytes=int(value.nbytes if kind == "array" else np.sum(value.memory_usage(deep=True))),
        examples=tuple(first_values(column) for _, column in parts[:MOST_EXAMPLES]),
    )


def first_values(column: Any) -> str:
    """The first different values of a column as text, each cut where it is long; gaps are none."""
    present = [value for value in list(column[:ROWS_LOOKED_AT]) if not is_gap(value)]
    values = list(dict.fromkeys(str(value) for value in present))[:FIRST_VALUES]
    short = [v if len(v) <= LONGEST_VALUE else v[: LONGEST_VALUE - 1] + "…" for v in values]
    return ", ".join(short)


def is_gap(value: Any) -> bool:
    """Whether a cell is missing; a cell that holds a list or an array is not."""
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _observe_numbers(output: str, value: npt.NDArray[Any]) -> Seen:
    """An array of numbers, of any number of dimensions; some rows at a time."""
    flat = flattened(value)
    rows, columns = flat.shape
    gaps, infinite = np.zeros(columns, np.int64), np.zeros(columns, bool)
    extremes: list[Floats] = []
    step = max(1, CELLS_AT_ONCE // max(columns, 1))
    for start in range(0, rows, step):
        part = flat[start : start + step].astype(np.float64)
        gaps += np.isnan(part).sum(axis=0)
        infinite |= np.isinf(part).any(axis=0)
        found = part[np.isfinite(part)]
        extremes += [np.array([found.min(), found.max()])] if len(found) else []
    low, high = _extremes(extremes)
    return Seen(
        output=output,
        kind="array",
        rows=rows if value.ndim else -1,
        columns=columns,
        dtype=str(value.dtype),
        missing_cells=int(gaps.sum()),
        missing=tuple(str(place) for place in np.flatnonzero(gaps)[:MOST_NAMES]),
        infinite=tuple(str(place) for place in np.flatnonzero(infinite)[:MOST_NAMES]),
        minimum=low,
        maximum=high,
        bytes=int(value.nbytes),
        examples=tuple(first_values(flat[:, n]) for n in range(min(columns, MOST_EXAMPLES))),
    )


def _observe_sparse(output: str, value: Any) -> Seen:
    """A sparse matrix; its extremes take the zeros that it does not store into account."""
    data = stored_values(value)
    full = len(data) == value.shape[0] * value.shape[1]
    low, high = _extremes([data if full else np.append(data, 0.0)])
    bad = bool(np.isinf(data).any())
    absent = int(np.isnan(data).sum())
    stored = [getattr(value, name, None) for name in STORED]
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
        bytes=sum(int(part.nbytes) for part in stored if isinstance(part, np.ndarray)),
    )


def stored_values(value: Any) -> Floats:
    """The numbers that a sparse matrix stores; formats without a flat list of them are turned."""
    data = getattr(value, "data", None)
    flat = isinstance(data, np.ndarray) and data.ndim == 1 and data.dtype.kind in "biuf"
    return np.asarray(data if flat else value.tocoo().data, dtype=np.float64)


def as_array(tensor: Any) -> npt.NDArray[Any]:
    """A tensor of torch in main memory; what numpy has no dtype for becomes float32."""
    held = tensor.detach().cpu()
    if getattr(held, "is_sparse", False):
        held = held.to_dense()
    if "bfloat16" in str(held.dtype):
        held = held.float()
    array: npt.NDArray[Any] = held.numpy()
    return array


def flattened(value: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An array as rows and columns; a single number is one row."""
    value = np.asarray(value)  # a matrix never loses a dimension
    rows = len(value) if value.ndim else 1
    return value.reshape(rows, -1) if value.size else value.reshape(rows, 0)


def columns_of(value: Any) -> Iterator[tuple[str, Any]]:
    """The columns of a frame, series or array with their names; arrays are seen as 2-D."""
    if isinstance(value, pd.DataFrame):
        for place, name in enumerate(value.columns):
            yield str(name), value.iloc[:, place]
    elif isinstance(value, pd.Series):
        yield str(value.name or 0), value
    elif value.ndim:
        flat = flattened(value)
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
