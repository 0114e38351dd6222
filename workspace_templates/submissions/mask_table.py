"""A submission with one row for each test picture, whose mask stands in one cell."""

import csv
import io
from pathlib import Path

import numpy as np

from workspace_templates.harness.files import replace_file
from workspace_templates.submissions.run_lengths import mask_cell
from workspace_templates.submissions.sample_rows_csv import read_sample_rows, submission_style
from workspace_templates.submissions.sockets import COLUMNS, ID_COLUMN, SAMPLE_FILE
from workspace_templates.submissions.test_rows_pixels import sizes_of_pictures


def write_submission(data_dir: Path, answers: np.ndarray, out: Path) -> None:
    """Answer each picture, in the sample's order where the sample lists the same ones."""
    sizes = sizes_of_pictures(data_dir)
    ends = np.cumsum([high * broad for high, broad in sizes.values()])
    if len(answers) != ends[-1]:
        raise ValueError(f"{len(answers)} answers for {ends[-1]} pixels of test pictures")
    masks = zip(sizes.items(), np.split(np.asarray(answers) > 0.5, ends[:-1]), strict=True)
    cells = {name: mask_cell(pixels.reshape(size)) for (name, size), pixels in masks}
    names = list(cells)
    if (data_dir / SAMPLE_FILE).is_file():
        wanted = [row[ID_COLUMN] for row in read_sample_rows(data_dir)]
        names = wanted if sorted(wanted) == sorted(names) else names
    separator, encoding, line_end = submission_style(data_dir)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    writer.writerow(COLUMNS)
    writer.writerows((name, cells[name]) for name in names)
    replace_file(out, lambda file: file.write(text.getvalue().encode(encoding, "surrogateescape")))
