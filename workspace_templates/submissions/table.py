"""A submission like the sample: its columns, its rows in its order, its separator and encoding."""

import csv
import io
from pathlib import Path

import numpy as np

from workspace_templates.harness.files import replace_file
from workspace_templates.submissions.sample_order import follow_sample
from workspace_templates.submissions.sample_rows_csv import read_sample_rows, submission_style
from workspace_templates.submissions.sockets import COLUMNS, SAMPLE_FILE, answer_cells
from workspace_templates.submissions.test_rows_csv import read_test_rows


def write_submission(data_dir: Path, answers: np.ndarray, out: Path) -> None:
    """Answer each test row, in the sample's order where the sample lists the same rows."""
    rows, sample, cells = read_test_rows(data_dir), data_dir / SAMPLE_FILE, answer_cells(answers)
    if len(answers) != len(rows):
        raise ValueError(f"{len(answers)} answers for {len(rows)} test rows")
    order = list(range(len(rows)))
    separator, encoding, line_end = submission_style(data_dir)
    if sample.is_file():
        rows, order = follow_sample(rows, read_sample_rows(data_dir))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    writer.writerow(COLUMNS)
    for row, place in zip(rows, order, strict=True):
        writer.writerow([cells[n][place] if n in cells else row.get(n, "") for n in COLUMNS])
    replace_file(out, lambda file: file.write(text.getvalue().encode(encoding, "surrogateescape")))
