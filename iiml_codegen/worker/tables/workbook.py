"""Tables in Excel workbooks: each sheet with a header and rows is one."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from ..plan import TableForm
from .cells import named
from .sources import first_bytes

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".xlsx", ".xlsm")
OLD = (".xls", ".xlsb", ".ods")
STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def forms_of(path: Path) -> list[TableForm]:
    """One form per sheet that holds a table, the one with most cells first."""
    import pandas as pd

    first_bytes(path)
    try:
        with pd.ExcelFile(path, engine="openpyxl") as book:
            sheets = {name: book.book[name] for name in map(str, book.sheet_names)}
            sizes = {name: (sheet.max_row, sheet.max_column) for name, sheet in sheets.items()}
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise DataError(
            f"{path.name} does not open as a workbook: {error}",
            hint="Is it complete and without a password?",
        ) from error
    tables = {title: rows * wide for title, (rows, wide) in sizes.items() if rows and rows > 1}
    if not tables:
        raise DataError(f"{path.name} has no sheet with rows", hint="Save it with its data.")
    ordered = sorted(tables, key=lambda title: -tables[title])
    return [TableForm(format="excel", part=title) for title in ordered]


def read(path: Path, form: TableForm) -> pd.DataFrame:
    """The table on one sheet, its cells as the workbook types them."""
    import pandas as pd

    try:
        frame = pd.read_excel(path, sheet_name=form.part, dtype=object, engine="openpyxl")
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise DataError(
            f"{path.name}, sheet {form.part!r} does not read: {error}",
            hint="Is it complete and without a password?",
        ) from error
    return named(frame)


def write(frame: pd.DataFrame, out: Path, form: TableForm) -> None:
    """Write one sheet, beside other sheets of a workbook that is there; same rows, same bytes."""
    import pandas as pd

    book = io.BytesIO(out.read_bytes() if out.is_file() else b"")
    if out.is_file():
        with pd.ExcelWriter(book, engine="openpyxl", mode="a", if_sheet_exists="replace") as to:
            frame.to_excel(to, sheet_name=form.part, index=False)
    else:
        with pd.ExcelWriter(book, engine="openpyxl") as to:
            frame.to_excel(to, sheet_name=form.part, index=False)
    out.write_bytes(_without_clock(book.getvalue()))


def _without_clock(book: bytes) -> bytes:
    """The workbook without the moment at which it was written."""
    again = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(again, "w") as new:
        for name in old.namelist():
            content = STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z", old.read(name))
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return again.getvalue()
