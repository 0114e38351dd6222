"""Parquet and feather tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from ..plan import TableForm
from .cells import named
from .sources import first_bytes

if TYPE_CHECKING:
    import pandas as pd

PARQUET = (".parquet", ".pq", ".parq")
FEATHER = (".feather", ".ftr", ".arrow")
SUFFIXES = (*PARQUET, *FEATHER)


def form_of(path: Path) -> TableForm:
    """Parquet or feather by the file's first bytes; raises DataError."""
    data = first_bytes(path)
    if data.startswith(b"PAR1"):
        return TableForm(format="parquet")
    if data[:6] in (b"ARROW1", b"FEA1\0\0") or data.startswith(b"FEA1"):
        return TableForm(format="feather")
    raise DataError(f"{path.name} is neither parquet nor feather", hint="Is the download complete?")


def read(path: Path, form: TableForm) -> pd.DataFrame:
    """The table with its own types; a named index becomes columns."""
    import pandas as pd

    read_it = pd.read_parquet if form.format == "parquet" else pd.read_feather
    try:
        frame = read_it(path)
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"{path.name} does not read as {form.format}: {error}",
            hint="Is the download complete?",
        ) from error
    kept = any(name is not None for name in frame.index.names)
    return named(frame.reset_index(drop=not kept))


def write(frame: pd.DataFrame, out: Path, form: TableForm) -> None:
    """Write the table in the same format."""
    if form.format == "parquet":
        frame.to_parquet(out, index=False)
    else:
        frame.to_feather(out)
