"""Which files are ours to read, and what sort of values a column holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

WRITTEN = re.compile(r"submission\.csv|submission\.(?:yours|iiml)-\d+\.csv|iiml\.toml")

Kind = Literal["int", "float", "bool", "string"]


def is_ours_to_read(path: Path) -> bool:
    """False for hidden files and for what a solve writes beside the data."""
    return not path.name.startswith(".") and not WRITTEN.fullmatch(path.name)


def kind_of(values: pd.Series) -> Kind:
    """What sort of values a column holds, in the four words of the inventory."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(values.dtype):
        return "bool"
    if pd.api.types.is_integer_dtype(values.dtype):
        return "int"
    if pd.api.types.is_float_dtype(values.dtype):
        return "float"
    present = values.dropna()
    if len(present) and all(isinstance(value, bool) for value in present.head(100)):
        return "bool"
    return "string"
