"""A delimited file as text."""

import csv
from pathlib import Path


def read_csv_rows(
    path: Path, separator: str = ",", encoding: str = "utf-8-sig"
) -> list[dict[str, str]]:
    """Read every cell as text; bytes that are no text survive, blank lines are no rows."""
    csv.field_size_limit(2**30)
    with path.open(newline="", encoding=encoding, errors="surrogateescape") as file:
        names = next((row for row in csv.reader(file, delimiter=separator) if row), [])
        return list(csv.DictReader(file, names, delimiter=separator))
