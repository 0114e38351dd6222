"""Cells of typed tables as text, so that every recipe meets the same kind of table."""

import json
from typing import Any

import numpy as np
import pandas as pd


def cell_text(value: Any) -> str:
    """Write one cell: whole numbers without a point, lists as JSON, nothing for what is missing."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return str(value).removesuffix(".0")
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def column_text(values: pd.Series) -> pd.Series:
    """Write a column as text; missing values and empty texts are missing."""
    if pd.api.types.is_float_dtype(values.dtype):
        written = values.astype(str).str.removesuffix(".0")
    elif isinstance(values.dtype, np.dtype | pd.DatetimeTZDtype) and values.dtype.kind == "M":
        zone = "%z" if isinstance(values.dtype, pd.DatetimeTZDtype) else ""
        written = values.dt.strftime(f"%Y-%m-%d %H:%M:%S{zone}")
    elif values.dtype == object:
        written = values.map(cell_text).astype(str)
    else:
        written = values.astype(str)
    return written.where(values.notna() & (written != ""))


def cells_as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Write every cell as text; blank column names are numbered, repeated ones told apart."""
    names: list[str] = []
    for place, name in enumerate(table.columns):
        wanted = unique = str(name) if str(name).strip() else f"Unnamed: {place}"
        repeats = 0
        while unique in names:
            repeats += 1
            unique = f"{wanted}.{repeats}"
        names.append(unique)
    table = table.set_axis(names, axis=1)
    return pd.DataFrame({name: column_text(table[name]) for name in names}, index=table.index)
