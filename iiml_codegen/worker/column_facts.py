"""What the inventory says about each column of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .columns import numbers_in
from .counting import distinct_count
from .dates import date_format, parse_dates
from .endings import endings
from .label_cells import labels_in_cells
from .number_forms import NumberForm, number_form, number_of
from .reading import kind_of

if TYPE_CHECKING:
    import pandas as pd

FEW_VALUES = 200
LOOKED_AT, NUMBERS_LOOKED_AT = 10_000, 200
SHOWN_EXAMPLES = 5
SHOWN_CHARACTERS = 200


def column_facts(
    frame: pd.DataFrame, texts_of: Callable[[list[str]], pd.DataFrame]
) -> list[dict[str, Any]]:
    """Plain `ColumnInfo`s; `texts_of` reads columns again, each cell as the file has it.

    Labels must be known as they are written: `007` is not 7. What was read as text is as written,
    but for its gaps.
    """
    distinct = {name: distinct_count(frame[name]) for name in frame.columns}
    few = [name for name, count in distinct.items() if count <= FEW_VALUES]
    again = [str(name) for name in few if not is_text(frame[name]) or frame[name].isna().any()]
    texts = texts_of(again) if again else frame.iloc[:, :0]
    written = {name: texts[name] if name in texts else frame[name] for name in few}
    return [facts(frame[name], distinct[name], written.get(name)) for name in frame.columns]


def is_text(values: pd.Series) -> bool:
    """True for a column that holds what the file has, letter by letter."""
    return kind_of(values) == "string" and values.dtype.kind == "O"


def gap_words(values: pd.Series, text: pd.Series | None) -> dict[str, int]:
    """Words that read as missing, such as None and NA, with their numbers of rows."""
    if text is None or kind_of(values) != "string":
        return {}
    found = Counter(text[values.isna()].dropna().astype(str))
    return dict(sorted(found.items()))


def facts(values: pd.Series, distinct: int, text: pd.Series | None) -> dict[str, Any]:
    """One plain `ColumnInfo`."""
    import pandas as pd

    words = gap_words(values, text)
    text = text if text is None else text.where(values.notna())
    form = number_form(values) if kind_of(values) == "string" else None
    if form is not None and date_format(values) is None:
        values = numbers_in(values, form)
        distinct = int(values.nunique())
    kind = kind_of(values)
    present = values.dropna()
    number = kind in ("int", "float")
    shown = NUMBERS_LOOKED_AT if number else LOOKED_AT
    written = (present if text is None else text.dropna()).head(shown).astype(str)
    return {
        "name": str(values.name),
        "dtype": kind,
        "distinct": distinct,
        "missing": len(values) - len(present),
        **(amounts(present) if number and len(present) else {"integral": False}),
        "mean_characters": sum(map(len, written)) / max(1, len(written)),
        "mean_words": words_in(written) if kind == "string" else float(len(written) > 0),
        "unique": bool(len(values) > 0 and distinct == len(values)),
        "endings": endings(values) if kind == "string" and distinct == len(values) else [],
        **(moments(present) if kind == "string" else {}),
        **(labels_in_cells(present) if kind == "string" else {}),
        "gap_words": words,
        "values": [] if text is None else listed(pd.Series(text.dropna().unique()), kind, form),
        "examples": [value[:SHOWN_CHARACTERS] for value in written.head(SHOWN_EXAMPLES)],
    }


def amounts(present: pd.Series) -> dict[str, Any]:
    """Least, greatest and middle number, and whether all are whole."""
    numbers = present.to_numpy()
    middle = np.median(numbers.astype(np.float64))
    with np.errstate(invalid="ignore"):
        whole = numbers.dtype.kind in "iu" or bool((numbers % 1 == 0).all())
    found = {"minimum": numbers.min(), "maximum": numbers.max(), "median": middle}
    return {**{name: finite(number) for name, number in found.items()}, "integral": whole}


def words_in(texts: pd.Series) -> float:
    """Words in a text on average; each distinct text is looked at once."""
    counts = texts.value_counts()
    words = counts.index.to_series().str.count(r"\S+") if len(counts) else counts
    return float((words * counts).sum() / max(1, len(texts)))


def finite(value: Any) -> float | None:
    """A number, or None for an infinite one."""
    number = float(value)
    return number if abs(number) != float("inf") else None


def moments(present: pd.Series) -> dict[str, str]:
    """The first and the last moment of a column of dates; nothing for any other."""
    form = date_format(present)
    if form is None:
        return {}
    known = parse_dates(present.drop_duplicates(), form).dropna()
    return {"first": known.min().isoformat(), "last": known.max().isoformat()}


def listed(distinct: pd.Series, kind: str, form: NumberForm | None = None) -> list[str]:
    """Distinct values as written, numbers in order of size and the rest by name."""
    written = [str(value) for value in distinct]
    if kind not in ("int", "float"):
        return sorted(written)
    numbers = {text: number_of(text, form or NumberForm()) for text in written}
    known = [text for text in written if numbers[text] == numbers[text]]
    return sorted(known, key=lambda text: numbers[text])
