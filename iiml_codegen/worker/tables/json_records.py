"""Tables in JSON: a list of records, columns by name, a list under a key, or a record a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError
from ..plan import TableForm
from .cells import cell_text
from .sources import refuse_stand_ins, source_bytes

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = (".json", ".jsonl", ".ndjson")
LINES = (".jsonl", ".ndjson")
DEEPEST = 3
FORMS_KNOWN = (
    "Known are a list of records, lists of values by column, a list of records under a key, "
    "and a record a line."
)


def form_of(path: Path) -> TableForm:
    """Which of the JSON tables a file is; raises DataError if it is none."""
    text = text_of(path)
    if path.suffix.lower() in LINES or _is_lines(text):
        lines(path.name, text)
        return TableForm(format="json_lines")
    part = _part(parsed(path.name, text))
    if part is None:
        raise DataError(f"{path.name} holds no table", hint=FORMS_KNOWN)
    return TableForm(format="json", part=part)


def text_of(path: Path) -> str:
    """The text of a JSON file; raises DataError where it is none."""
    data = source_bytes(path)
    refuse_stand_ins(path.name, data)
    try:
        return data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DataError(
            f"{path.name}, line {line}: JSON is UTF-8, and these bytes are not",
            hint="Save the file as UTF-8.",
        ) from error


def parsed(name: str, text: str) -> Any:
    """The document; raises DataError with the line where it breaks off."""
    try:
        return json.loads(text)
    except ValueError as error:
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "it"
        reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise DataError(
            f"{name}, {where} is no JSON: {reason}", hint="Is the download complete?"
        ) from error


def lines(name: str, text: str) -> list[Any]:
    """One record a line; raises DataError that names the line."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise DataError(
                f"{name}, line {number} is no JSON record: {error}",
                hint="Is the download complete?",
            ) from error
        if not isinstance(record, dict):
            raise DataError(f"{name}, line {number} is JSON, but no record", hint=FORMS_KNOWN)
        found.append(record)
    return found


def _is_lines(text: str) -> bool:
    """True if the first two lines are a record each."""
    first = [line for line in text[: 1 << 20].split("\n") if line.strip()][:2]
    return len(first) == 2 and all(_is_record(line) for line in first)


def _is_record(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _part(document: Any) -> str | None:
    """The dotted key of the table inside a document, "" for the document itself."""
    if _are_records(document) or _are_columns(document):
        return ""
    found = list(_tables_below(document, DEEPEST))
    return found[0] if len(found) == 1 else None


def _tables_below(document: Any, depth: int) -> list[str]:
    if not isinstance(document, dict) or depth == 0:
        return []
    found = [key for key, value in document.items() if "." not in key and _are_records(value)]
    for key, value in document.items():
        found += [f"{key}.{below}" for below in _tables_below(value, depth - 1) if "." not in key]
    return found


def _are_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _are_columns(value: Any) -> bool:
    """Columns of equal length: lists, or values by row as pandas writes them."""
    if not isinstance(value, dict) or not value:
        return False
    columns = list(value.values())
    if all(isinstance(column, list) for column in columns):
        return len({len(column) for column in columns}) == 1 and not _are_records(columns[0])
    if not all(isinstance(column, dict) for column in columns):
        return False
    return all(column.keys() == columns[0].keys() for column in columns) and all(
        key.isdigit() for key in columns[0]
    )


def table_in(path: Path, form: TableForm) -> Any:
    """Records or columns of a file of this form; raises DataError."""
    text = text_of(path)
    if form.format == "json_lines":
        return lines(path.name, text)
    document = parsed(path.name, text)
    for key in form.part.split(".") if form.part else ():
        if not isinstance(document, dict) or key not in document:
            raise DataError(f"{path.name} has no key {form.part!r}")
        document = document[key]
    return document


def read(path: Path, form: TableForm) -> pd.DataFrame:
    """The table with the values that JSON gives, as Python objects; lists are their JSON text."""
    import pandas as pd

    found = table_in(path, form)
    if isinstance(found, dict):
        found = {n: list(v.values()) if isinstance(v, dict) else v for n, v in found.items()}
    frame = pd.DataFrame(found, dtype=object)
    return frame.map(lambda value: cell_text(value) if isinstance(value, list | dict) else value)


def write(frame: pd.DataFrame, out: Path, form: TableForm) -> None:
    """Write records; a document's other keys do not come along."""
    records = [
        {name: plain(value) for name, value in zip(frame.columns, row, strict=True)}
        for row in frame.itertuples(index=False, name=None)
    ]
    if form.format == "json_lines":
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    else:
        document: Any = records
        for key in reversed(form.part.split(".") if form.part else ()):
            document = {key: document}
        text = json.dumps(document, ensure_ascii=False)
    out.write_text(text, encoding="utf-8")


def plain(value: Any) -> Any:
    """A cell as JSON has it; the JSON text of lists and records becomes them again."""
    if value is None or value != value:
        return None
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value.item() if hasattr(value, "item") else value
