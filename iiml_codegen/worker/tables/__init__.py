"""Tables of every form that we read: one file per format, and this facade before them.

Files stay as they are: rows of text tables are sliced out of their bytes, tables of typed values
keep their types. Every trouble with a file is a DataError that names it and the way out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from ..plan import TableForm
from ..reading import is_ours_to_read
from . import (
    columnar,
    database,
    delimited,
    fixed_width,
    json_records,
    partitions,
    ragged,
    workbook,
)
from .cells import frame_texts, typed
from .delimited_rows import DelimitedRows
from .fixed_width import FixedWidthRows
from .frame_rows import FrameRows, Writer
from .rows import Piece, RowStore

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "SUFFIXES",
    "Piece",
    "RowStore",
    "column_names",
    "form_of",
    "forms_of",
    "is_ours_to_read",
    "is_table",
    "read_frame",
    "read_texts",
    "read_written",
    "row_store",
]

MAYBE = (".txt", ".dat", ".data", ".asc", *json_records.SUFFIXES, *database.SUFFIXES)
TYPED = (*columnar.SUFFIXES, *workbook.SUFFIXES)
CERTAIN = (*delimited.SUFFIXES, *fixed_width.SUFFIXES, *TYPED, *workbook.OLD)
SUFFIXES = (*CERTAIN, *MAYBE)
AGREEING = 0.95
FEWEST_LINES = 3
PROSE_WORDS = 12


def is_table(path: Path) -> bool:
    """True for files named as tables; other texts, JSON and databases must look like one.

    A folder is a table where the names of the folders in it tell a column.
    """
    if path.is_dir():
        return partitions.is_partitioned(path)
    suffix = path.suffix.lower()
    if suffix in CERTAIN:
        return True
    if suffix not in MAYBE:
        return False
    try:
        form = form_of(path)
    except DataError:
        return suffix in json_records.LINES
    return suffix not in (".txt", ".dat", ".data", ".asc") or _is_regular(path, form)


def form_of(path: Path) -> TableForm:
    """How a table is written; the biggest one where a file holds several. Raises DataError."""
    return forms_of(path)[0]


def forms_of(path: Path) -> list[TableForm]:
    """The forms of all tables in a file, big ones first: sheets of a workbook, database tables."""
    if path.is_dir():
        return [partitions.form_of(path)]
    suffix = path.suffix.lower()
    if suffix in workbook.OLD:
        raise DataError(
            f"{path.name} is a kind of workbook that is not read", hint="Save it as .xlsx or CSV."
        )
    if suffix in workbook.SUFFIXES:
        return workbook.forms_of(path)
    if suffix in database.SUFFIXES:
        return database.forms_of(path)
    if suffix in columnar.SUFFIXES:
        return [columnar.form_of(path)]
    if suffix in json_records.SUFFIXES:
        return [json_records.form_of(path)]
    if suffix in fixed_width.SUFFIXES:
        return [fixed_width.form_of(path)]
    return [_text_form(path)]


def _text_form(path: Path) -> TableForm:
    """With separators, or else with columns at fixed places where there are such."""
    form = delimited.form_of(path)
    if ragged.stands_for_several(_first_rows(path, form)):
        return ragged.form_of(path, form)
    if path.suffix.lower() in delimited.SUFFIXES or len(_first_rows(path, form)[0]) > 1:
        return form
    try:
        return fixed_width.form_of(path)
    except DataError:
        return form


def _first_rows(path: Path, form: TableForm) -> list[list[str]]:
    with path.open("rb") as file:
        text = delimited.sniffed_text(file.read(delimited.SNIFFED_BYTES), form.encoding)
    return [row for row in delimited.sniffed_rows(text, form.separator) if row]


def _is_regular(path: Path, form: TableForm) -> bool:
    """True if rows agree with the header, as lines of prose do not."""
    if form.format == "ragged":
        return True
    if form.format == "fixed_width":
        return len(form.edges) <= PROSE_WORDS or path.stat().st_size > delimited.SNIFFED_BYTES
    rows = _first_rows(path, form)
    width = len(rows[0])
    agreeing = sum(len(row) == width for row in rows) / len(rows)
    return width > 1 and len(rows) >= FEWEST_LINES and agreeing >= AGREEING


def read_frame(path: Path, form: TableForm | None = None) -> pd.DataFrame:
    """A table with the types that pandas finds; raises DataError."""
    form = form or form_of(path)
    if form.format == "delimited":
        return delimited.read(path, form, text=False)
    if form.format == "fixed_width":
        return fixed_width.read(path, form, text=False)
    if form.format == "ragged":
        return ragged.read(path, form, text=False)
    return typed(_values(path, form)[0])


def read_texts(
    path: Path, form: TableForm | None = None, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Every cell as text, as generated code reads it; `columns` in the order of the file."""
    form = form or form_of(path)
    if form.format == "delimited":
        return delimited.read(path, form, text=True, columns=columns)
    if form.format == "fixed_width":
        frame = fixed_width.read(path, form, text=True)
    elif form.format == "ragged":
        frame = ragged.read(path, form, text=True)
    elif form.partitions:
        frame = partitions.read(path, form, columns)
    else:
        frame = _values(path, form)[0]
    if columns is not None:
        frame = frame[[name for name in frame.columns if name in columns]]
    return frame if form.format in ("fixed_width", "ragged") else frame_texts(frame)


def column_names(path: Path, form: TableForm) -> tuple[str, ...] | None:
    """Column names where they can be had without the rows; None where they cannot."""
    return delimited.names(path, form) if form.format == "delimited" else None


def read_written(path: Path, form: TableForm, columns: Sequence[str]) -> pd.DataFrame:
    """As `read_texts`, but words such as None and NA, which there read as missing, are words.

    So in tables with separators; columns of big ones come as categories, which take little memory.
    """
    if form.format == "delimited":
        return delimited.read_written(path, form, columns)
    return read_texts(path, form, columns)


def row_store(path: Path, form: TableForm | None = None) -> RowStore:
    """The table for slicing rows out of it; raises DataError."""
    form = form or form_of(path)
    if form.format == "delimited":
        return DelimitedRows(path, form)
    if form.format == "fixed_width":
        return FixedWidthRows(path, form)
    if form.format == "ragged":
        return ragged.RaggedRows(path, form)
    frame, write = _values(path, form)
    return FrameRows(frame, form, write)


def _values(path: Path, form: TableForm) -> tuple[pd.DataFrame, Writer]:
    """The cells of a table of typed values, and what writes such a table."""
    if form.format in ("json", "json_lines"):
        return json_records.read(path, form), json_records.write
    if form.partitions:
        return partitions.read(path, form), partitions.write
    if form.format in ("parquet", "feather"):
        return columnar.read(path, form), columnar.write
    if form.format == "excel":
        return workbook.read(path, form), workbook.write
    if form.format == "sqlite":
        return database.read(path, form), database.write
    raise DataError(f"{path.name}: tables of the form {form.format!r} are not read")
