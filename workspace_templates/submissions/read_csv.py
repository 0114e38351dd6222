"""The columns of a delimited file that name its rows, as text."""

import csv
from pathlib import Path

from workspace_templates.submissions.sockets import ROW_COLUMNS


def read_csv_rows(
    path: Path, separator: str = ",", encoding: str = "utf-8-sig"
) -> list[dict[str, str]]:
    """Read `ROW_COLUMNS` as text; bytes that are no text survive, blank lines are no rows."""
    csv.field_size_limit(2**30)
    with path.open(newline="", encoding=encoding, errors="surrogateescape") as file:
        rows = (row for row in csv.reader(file, delimiter=separator) if row)
        places = {name: place for place, name in enumerate(next(rows, [])) if name in ROW_COLUMNS}
        return [
            {name: row[place] if place < len(row) else "" for name, place in places.items()}
            for row in rows
        ]
