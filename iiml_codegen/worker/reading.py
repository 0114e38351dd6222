"""Tables from files: which separator and encoding a file has, and its columns as values or text."""

from __future__ import annotations

import csv
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .errors import DataError

if TYPE_CHECKING:
    import pandas as pd

TABLE_SUFFIXES = (".csv", ".tsv", ".tab")
SEPARATORS = (",", "\t", ";", "|")
SNIFFED_BYTES = 1 << 18
WRITTEN = re.compile(r"submission\.csv|submission\.yours-\d+\.csv|iiml\.toml")
UTF8_BOM = b"\xef\xbb\xbf"
WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")

Kind = Literal["int", "float", "bool", "string"]


@dataclass(frozen=True)
class Dialect:
    """How a table is written; `encoding` is a codec name that pandas takes."""

    separator: str
    encoding: str


def table_files(folder: Path) -> list[Path]:
    """Tables at the top level of a competition, by name, without hidden files."""
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder", hint="Give the folder of the competition.")
    found = [path for path in folder.iterdir() if path.is_file() and is_ours_to_read(path)]
    return sorted(path for path in found if path.suffix.lower() in TABLE_SUFFIXES)


def is_ours_to_read(path: Path) -> bool:
    """False for hidden files and for what a solve writes beside the data."""
    return not path.name.startswith(".") and not WRITTEN.fullmatch(path.name)


def sniff(path: Path) -> Dialect:
    """Separator and encoding of a table.

    The separator is the candidate that splits the header into most columns; the encoding is UTF-8
    unless the bytes say otherwise, then cp1252 or, as every byte is legal there, latin-1.
    """
    data = path.read_bytes()
    if not data.strip():
        raise DataError(f"{path.name} is empty", hint="Fetch the file again.")
    if data[:2] in WIDE_BOMS:
        raise DataError(f"{path.name} is UTF-16", hint="Save it as UTF-8.")
    encoding = _encoding(data)
    return Dialect(_separator(data, encoding, path.suffix.lower()), encoding)


def _encoding(data: bytes) -> str:
    if data.startswith(UTF8_BOM):
        return "utf-8-sig"
    for name in ("utf-8", "cp1252"):
        if _decodes(data, name):
            return name
    return "latin-1"


def _decodes(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _separator(data: bytes, encoding: str, suffix: str) -> str:
    text = data[:SNIFFED_BYTES].decode(encoding, errors="replace")
    lines = text.splitlines()[:1]
    widths = {sep: len(next(csv.reader(lines, delimiter=sep), [])) for sep in SEPARATORS}
    preferred = "\t" if suffix in (".tsv", ".tab") else ","
    best = max(SEPARATORS, key=lambda sep: (widths[sep], sep == preferred))
    return best if widths[best] > 1 else preferred


def read_table(path: Path, dialect: Dialect | None = None) -> pd.DataFrame:
    """A table with the types that pandas finds, the way generated code will read it."""
    return _read(path, dialect or sniff(path), text=False, columns=None)


def read_text(
    path: Path, dialect: Dialect | None = None, columns: list[str] | None = None
) -> pd.DataFrame:
    """A table with every value as it stands in the file; missing values stay missing."""
    return _read(path, dialect or sniff(path), text=True, columns=columns)


def _read(path: Path, dialect: Dialect, *, text: bool, columns: list[str] | None) -> pd.DataFrame:
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)
            return pd.read_csv(
                path,
                sep=dialect.separator,
                encoding=dialect.encoding,
                dtype=str if text else None,
                usecols=columns,
                index_col=False,
                low_memory=False,
            )
    except pd.errors.EmptyDataError as error:
        raise DataError(f"{path.name} has no header", hint="Fetch the file again.") from error
    except (pd.errors.ParserError, ValueError) as error:
        raise DataError(
            f"{path.name} does not read as a table: {error}", hint="Look at the line it names."
        ) from error


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
