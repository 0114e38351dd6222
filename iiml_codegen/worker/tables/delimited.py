"""Tables of lines with separators: CSV, TSV and their kin, in any encoding."""

from __future__ import annotations

import csv
import io
import itertools
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from ..plan import TableForm
from .sources import text_bytes

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".tsv", ".tab", ".psv", ".ssv")
SEPARATORS = (",", "\t", ";", "|")
SNIFFED_BYTES = 1 << 18
SNIFFED_ROWS = 50
NOISE = re.compile(r"Error tokenizing data\. C error: |\s+$")


def form_of(path: Path) -> TableForm:
    """Separator and encoding of a table; raises DataError where there is no table with rows."""
    data, encoding = text_bytes(path)
    text = sniffed_text(data, encoding)
    separator = separator_of(text, path.suffix.lower())
    first = [row for row in sniffed_rows(text, separator) if row][:2]
    if len(first) < 2:
        raise DataError(f"{path.name} has a header and no rows", hint="Is the download complete?")
    return TableForm(separator=separator, encoding=encoding)


def sniffed_text(data: bytes, encoding: str) -> str:
    """The beginning of a file as text."""
    return data[:SNIFFED_BYTES].decode(encoding, errors="replace").lstrip("\ufeff")


def sniffed_rows(text: str, separator: str) -> list[list[str]]:
    """The first records with one separator, as far as they can be read."""
    csv.field_size_limit(1 << 30)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return list(itertools.islice(reader, SNIFFED_ROWS))
    except csv.Error:
        return [line.split(separator) for line in text.splitlines()[:SNIFFED_ROWS]]


def separator_of(text: str, suffix: str) -> str:
    """The separator that splits the header into columns, and most rows into as many.

    Of several that do, the one whose rows agree best with the header wins, then the one with more
    columns, then the one that the suffix promises.
    """
    preferred = "\t" if suffix in (".tsv", ".tab") else ","
    ranked = []
    for separator in SEPARATORS:
        rows = [row for row in sniffed_rows(text, separator) if row]
        width = len(rows[0]) if rows else 0
        agreeing = sum(len(row) == width for row in rows) / max(1, len(rows))
        if width > 1:
            ranked.append((agreeing > 0.9, width, separator == preferred, separator))
    return max(ranked)[-1] if ranked else preferred


def read(
    path: Path, form: TableForm, *, text: bool, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """A table with the types that pandas finds, or with every cell as it is written."""
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                path,
                sep=form.separator,
                encoding=form.encoding,
                dtype=str if text else None,
                usecols=None if columns is None else list(dict.fromkeys(columns)),
                index_col=False,
                low_memory=False,
            )
    except pd.errors.EmptyDataError as error:
        raise DataError(f"{path.name} has no header", hint="Fetch the file again.") from error
    except pd.errors.ParserWarning as error:
        raise DataError(
            f"{path.name}: rows have more fields than the header names",
            hint="Is a name missing in the header, or a value with the separator not quoted?",
        ) from error
    except (pd.errors.ParserError, ValueError) as error:
        reason = NOISE.sub("", str(error))
        raise DataError(
            f"{path.name} does not read as a table: {reason}",
            hint="Look at the line it names: is a quote not closed there?",
        ) from error
