"""Verb `inventory`: what lies in a competition's folder, in enough detail to find the task."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .reading import is_ours_to_read, kind_of, read_table, read_text, sniff, table_files

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTION_SUFFIXES = (".md", ".txt", ".rst", ".html")
LONGEST_DESCRIPTION = 200_000
FEW_VALUES = 200
LOOKED_AT = 10_000
SHOWN_EXAMPLES = 5
SHOWN_CHARACTERS = 200


def inventory(params: dict[str, Any]) -> dict[str, Any]:
    """Tables with their columns, descriptions with their text, and the rest counted by suffix."""
    folder = Path(params["folder"])
    tables = table_files(folder)
    texts = [path for path in _top_level(folder) if _is_description(path)]
    rest = [path for path in _top_level(folder) if path not in tables and path not in texts]
    return {
        "tables": [describe_table(path) for path in tables],
        "texts": [{"file": path.name, "text": _text(path)} for path in texts],
        "other_files": _by_suffix(rest),
    }


def _top_level(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if is_ours_to_read(path) and path.name != "iiml"
    )


def _is_description(path: Path) -> bool:
    if path.suffix.lower() not in DESCRIPTION_SUFFIXES or not path.is_file():
        return False
    return path.stat().st_size <= LONGEST_DESCRIPTION


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig", errors="replace")


def _by_suffix(paths: list[Path]) -> dict[str, int]:
    counts = Counter(path.name + "/" if path.is_dir() else path.suffix.lower() for path in paths)
    return dict(sorted(counts.items()))


def describe_table(path: Path) -> dict[str, Any]:
    """Rows, dialect and columns of one table."""
    dialect = sniff(path)
    frame = read_table(path, dialect)
    texts = read_text(path, dialect, _needs_text(frame))
    columns = [_describe(frame[name], texts.get(name)) for name in frame.columns]
    return {
        "file": path.name,
        "rows": len(frame),
        "separator": dialect.separator,
        "encoding": dialect.encoding,
        "columns": columns,
    }


def _needs_text(frame: pd.DataFrame) -> list[str]:
    """Columns with few values, whose labels must be given as they are written in the file."""
    few = frame.nunique() <= FEW_VALUES
    return [str(name) for name in frame.columns if few[name]]


def _describe(values: pd.Series, text: pd.Series | None) -> dict[str, Any]:
    import pandas as pd

    kind = kind_of(values)
    present = values.dropna()
    number = kind in ("int", "float") and len(present) > 0
    distinct = int(present.nunique())
    written = (present if text is None else text.dropna()).head(LOOKED_AT).astype(str)
    return {
        "name": str(values.name),
        "dtype": kind,
        "distinct": distinct,
        "missing": int(values.isna().sum()),
        "minimum": _finite(present.min()) if number else None,
        "maximum": _finite(present.max()) if number else None,
        "integral": bool(number and ((present % 1) == 0).all()),
        "mean_characters": float(written.str.len().mean()) if len(written) else 0.0,
        "unique": bool(len(values) > 0 and distinct == len(values)),
        "values": [] if text is None else _values(pd.Series(text.dropna().unique()), kind),
        "examples": [value[:SHOWN_CHARACTERS] for value in written.head(SHOWN_EXAMPLES)],
    }


def _finite(value: Any) -> float | None:
    number = float(value)
    return number if abs(number) != float("inf") else None


def _values(distinct: pd.Series, kind: str) -> list[str]:
    """Distinct values as written, numbers in order of size and the rest by name."""
    written = [str(value) for value in distinct]
    if kind in ("int", "float"):
        return sorted(written, key=float)
    return sorted(written)
