"""A submission with one row for each pixel of the test pictures, called picture_row_column."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from workspace_templates.harness.files import replace_file
from workspace_templates.submissions.sample_rows_csv import read_sample_rows, submission_style
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
    if (data_dir / SAMPLE_FILE).is_file():
        place = {name: row for row, name in enumerate(names)}
        wanted = [row[COLUMNS[0]] for row in read_sample_rows(data_dir)]
        if len(wanted) == len(names) and all(name in place for name in wanted):
            names, cells = wanted, [cells[place[name]] for name in wanted]
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
