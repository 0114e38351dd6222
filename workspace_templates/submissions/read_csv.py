"""A delimited file as text."""

import csv
from pathlib import Path


def read_csv_rows(path: Path) -> list[dict[str, str]]:
    """Read every cell as text, whatever the separator; bytes that are no text survive."""
    csv.field_size_limit(2**30)
    with path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
        header = file.readline()
        file.seek(0)
        return list(csv.DictReader(file, delimiter=max(",\t;|", key=header.count)))
