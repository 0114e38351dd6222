"""A submission with one row for each pixel of the test pictures, called picture_row_column."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from workspace_templates.harness.files import replace_file
from workspace_templates.submissions.sample_rows_csv import submission_style
from workspace_templates.submissions.sockets import COLUMNS, FIRST_PIXEL, SAMPLE_FILE, answer_cells
from workspace_templates.submissions.test_rows_pixels import sizes_of_pictures


def write_submission(data_dir: Path, answers: np.ndarray, out: Path) -> None:
    """Answer each pixel, in the sample's order where the sample lists the same ones."""
    sizes = sizes_of_pictures(data_dir)
    names = list(pixel_names(sizes))
    if len(answers) != len(names):
        raise ValueError(f"{len(answers)} answers for {len(names)} pixels of test pictures")
    cells = answer_cells(answers)[COLUMNS[1]]
    separator, encoding, line_end = submission_style(data_dir)
    wanted = names_in_sample(data_dir, separator, encoding)
    places = places_of(wanted, sizes)
    if len(set(places)) == len(names):
        names, cells = wanted, [cells[place] for place in places]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    writer.writerow(COLUMNS)
    writer.writerows(zip(names, cells, strict=True))
    replace_file(out, lambda file: file.write(text.getvalue().encode(encoding, "surrogateescape")))


def pixel_names(sizes: dict[str, tuple[int, int]]) -> Iterator[str]:
    """Call each pixel by picture, row and column."""
    for name, (high, broad) in sizes.items():
        for row in range(high):
            for column in range(broad):
                yield f"{name}_{row + FIRST_PIXEL}_{column + FIRST_PIXEL}"


def names_in_sample(data_dir: Path, separator: str, encoding: str) -> list[str]:
    """Read the first cell of each row; there are millions, so nothing else is kept."""
    sample = data_dir / SAMPLE_FILE
    if not sample.is_file():
        return []
    with sample.open(newline="", encoding=encoding, errors="surrogateescape") as file:
        rows = csv.reader(file, delimiter=separator)
        next(rows, None)
        return [row[0] for row in rows if row]


def places_of(names: list[str], sizes: dict[str, tuple[int, int]]) -> list[int]:
    """Find each pixel among all of them; nothing where one is of no test picture."""
    counts = np.cumsum([0, *(high * broad for high, broad in sizes.values())]).tolist()
    begins = dict(zip(sizes, counts, strict=False))
    places = []
    for name in names:
        picture, row, column = name.rsplit("_", 2)
        if picture not in sizes:
            return []
        broad = sizes[picture][1]
        places.append(
            begins[picture] + (int(row) - FIRST_PIXEL) * broad + int(column) - FIRST_PIXEL
        )
    return places
