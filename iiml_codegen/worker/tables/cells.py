"""Cells of typed tables as text, exactly as generated code writes them, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

MOMENT = "%Y-%m-%d %H:%M:%S"
TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def cell_text(value: Any) -> str:
    """One cell as text: whole numbers without a point, lists and records as JSON, "" if missing."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return str(value).removesuffix(".0")
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


def column_texts(values: pd.Series) -> pd.Series:
    """A column as text; missing values and empty texts are missing."""
    import pandas as pd

    if pd.api.types.is_float_dtype(values.dtype):
        written = values.astype(str).str.removesuffix(".0")
    elif isinstance(values.dtype, np.dtype | pd.DatetimeTZDtype) and values.dtype.kind == "M":
        zone = "%z" if isinstance(values.dtype, pd.DatetimeTZDtype) else ""
        written = values.dt.strftime(MOMENT + zone)
    elif values.dtype == object:
        written = values.map(cell_text).astype(str)
    else:
        written = values.astype(str)
    return written.where(values.notna() & (written != ""))


def frame_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with every cell as text."""
    import pandas as pd

    return pd.DataFrame({name: column_texts(frame[name]) for name in frame}, index=frame.index)


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of Python objects as what they hold alike: numbers, truth values, moments or text."""
    import pandas as pd

    columns = {}
    for name in frame:
        values = frame[name]
        if values.dtype == object:
            found = pd.api.types.infer_dtype(values, skipna=True)
            if found in ("integer", "floating", "mixed-integer-float", "decimal"):
                values = pd.to_numeric(values)
            elif found == "boolean":
                values = values.astype(bool) if values.notna().all() else values
            elif found == "datetime":
                values = pd.to_datetime(values, errors="coerce")
            else:
                values = column_texts(values)
        columns[name] = values
    return pd.DataFrame(columns, index=frame.index)


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with texts as column names, blank and repeated ones renamed as pandas does."""
    names: list[str] = []
    for place, name in enumerate(frame.columns):
        wanted = unique = str(name) if str(name).strip() else f"Unnamed: {place}"
        repeats = 0
        while unique in names:
            repeats += 1
            unique = f"{wanted}.{repeats}"
        names.append(unique)
    return frame.set_axis(names, axis=1)


def like(texts: Sequence[str], example: pd.Series) -> pd.Series:
    """Texts as values of the kind that `example` holds; what is none of that kind is missing."""
    import pandas as pd

    values = pd.Series(list(texts), dtype=object)
    values = values.where(values != "", None)
    kind = example.dtype
    found = pd.api.types.infer_dtype(example, skipna=True)
    if found == "boolean":
        return values.map(lambda v: TRUTHS.get(v.strip().lower()) if v is not None else None)
    if found in ("integer", "floating", "mixed-integer-float", "decimal"):
        numbers = pd.to_numeric(values, errors="coerce")
        whole = found == "integer" and bool(numbers.notna().all())
        return numbers.astype("int64").astype(object) if whole else _objects(numbers)
    if found.startswith("datetime"):
        zone = getattr(kind, "tz", None)
        moments = pd.to_datetime(values, errors="coerce", format="mixed", utc=zone is not None)
        return moments.dt.tz_convert(zone) if zone is not None else moments
    return values


def _objects(numbers: pd.Series) -> pd.Series:
    """Numbers as Python objects, None where they are missing."""
    return numbers.astype(object).where(numbers.notna(), None)
