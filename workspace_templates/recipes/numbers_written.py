"""Numbers as people write them, with marks, signs and units."""

from collections.abc import Sequence

import pandas as pd

WRITTEN_NUMBER = (
    r"^(?P<minus>[^\d.,]*[-−(][^\d.,]*)?[^\d.,]*"
    r"(?P<number>[\d.,][\d.,'’\s]*(?:[eE][+-]?\d+)?)\D*$"
)


def as_written_numbers(
    rows: pd.DataFrame, columns: Sequence[str], decimal: str = ".", thousands: str = ""
) -> pd.DataFrame:
    """Read "1.234,50 €", "12 %" and, as accountants write minus three, "(3)" as numbers."""
    numbers = {}
    for column in columns:
        parts = rows[column].astype(str).str.strip().str.extract(WRITTEN_NUMBER)
        digits = parts["number"].str.replace(r"[\s'’]", "", regex=True)
        if thousands:
            digits = digits.str.replace(thousands, "", regex=False)
        read = pd.to_numeric(digits.str.replace(decimal, ".", regex=False), errors="coerce")
        numbers[column] = read.where(parts["minus"].isna(), -read).astype("float64")
    return pd.DataFrame(numbers, index=rows.index)
