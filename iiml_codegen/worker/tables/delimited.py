"""Tables of lines with separators: CSV, TSV and their kin, in any encoding."""

from __future__ import annotations

import csv
import io
import itertools
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from ..plan import TableForm
from ..raw_csv import UTF8_BOM
from . import chunks
from .sources import text_head

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".csv", ".tsv", ".tab", ".psv", ".ssv")
SEPARATORS = (",", "\t", ";", "|")
SNIFFED_BYTES = 1 << 18
SNIFFED_ROWS = 50
COMMENTS = (b"#", b"%", b"/", b";")
CHUNKED_BYTES = 1 << 24
ONLY_BLANKS: dict[str, Any] = {"keep_default_na": False, "na_values": [""]}
NOISE = re.compile(r"Error tokenizing data\. C error: |\s+$")


def form_of(path: Path) -> TableForm:
    """Separator and encoding of a table; raises DataError where there is no table with rows."""
    data, encoding = text_head(path)
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


def names(path: Path, form: TableForm) -> tuple[str, ...]:
    """The column names as pandas reads them."""
    return tuple(map(str, read(path, form, text=True, rows=0).columns))


def read(
    path: Path,
    form: TableForm,
    *,
    text: bool,
    columns: Sequence[str] | None = None,
    words: bool = False,
    rows: int | None = None,
) -> pd.DataFrame:
    """A table with the types that pandas finds, or with every cell as it is written.

    Only the first `rows` if given. With `words` only empty cells are missing, and texts of a big
    file come as categories.
    """
    import pandas as pd

    big = rows is None and path.stat().st_size > CHUNKED_BYTES
    gaps = ONLY_BLANKS if words else {}
    chosen = None if columns is None else list(dict.fromkeys(columns))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.DtypeWarning)
            warnings.simplefilter("error", pd.errors.ParserWarning)
            if big and not text:
                return _typed_in_chunks(path, form, chosen)
            if big and words:
                return _written_in_chunks(path, form, chosen)
            options = {"dtype": str if text else None, "low_memory": text, "nrows": rows, **gaps}
            frame: pd.DataFrame = _read_csv(path, form, usecols=chosen, **options)
            return frame
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
            f"{path.name} does not read as a table: {reason}", hint=way_out(path)
        ) from error


def read_written(path: Path, form: TableForm, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns as text, in which only empty cells are missing."""
    return read(path, form, text=True, columns=columns, words=True)


def way_out(path: Path) -> str:
    """What to do about a table that pandas cannot split into rows."""
    with path.open("rb") as file:
        first = file.readline().removeprefix(UTF8_BOM)[:1]
    if first in COMMENTS:
        return f"Take out the lines above the header: the first begins with {first.decode()!r}."
    return "Look at the line it names: is a quote not closed there?"


def _read_csv(path: Path, form: TableForm, **options: Any) -> Any:
    import pandas as pd

    return pd.read_csv(path, sep=form.separator, encoding=form.encoding, index_col=False, **options)


def _in_chunks(path: Path, form: TableForm, names: list[str] | None, **options: Any) -> Any:
    """Frames of some rows each, as long as the caller is in a `with` block."""
    width = len(_read_csv(path, form, nrows=0).columns)
    rows = chunks.rows_at_once(width)
    return _read_csv(path, form, usecols=names, low_memory=False, chunksize=rows, **options)


def _typed_in_chunks(path: Path, form: TableForm, names: list[str] | None) -> pd.DataFrame:
    """As `read` for big files; columns that differ between chunks are read again."""
    with _in_chunks(path, form, names) as parts:
        frame, texts, others = chunks.in_one(parts, chunks.most_rows(path))
    if texts:
        frame[texts] = _read_csv(path, form, usecols=texts, dtype=str, low_memory=True)[texts]
    if others:
        frame[others] = _read_csv(path, form, usecols=others, low_memory=False)[others]
    return frame


def _written_in_chunks(path: Path, form: TableForm, names: list[str] | None) -> pd.DataFrame:
    """Texts as categories."""
    with _in_chunks(path, form, names, dtype=str, **ONLY_BLANKS) as parts:
        return chunks.categories(parts)
