"""A submission with one row for each test row and target, whose id is made of both."""

import csv
import io
from pathlib import Path

import numpy as np

from workspace_templates.harness.files import replace_file
from workspace_templates.submissions.sample_rows_csv import read_sample_rows, submission_style
from workspace_templates.submissions.sockets import (
    ANSWER_COLUMNS,
    BY_TARGET,
    COLUMNS,
    ID_FACTOR,
    ID_TEMPLATE,
    SAMPLE_FILE,
    TEST_ID_COLUMN,
    answer_cells,
)
from workspace_templates.submissions.test_rows_csv import read_test_rows


def write_submission(data_dir: Path, answers: np.ndarray, out: Path) -> None:
    """Answer each test row and target, in the sample's order where the sample lists the same."""
    rows, sample, cells = read_test_rows(data_dir), data_dir / SAMPLE_FILE, answer_cells(answers)
    if len(answers) != len(rows):
        raise ValueError(f"{len(answers)} answers for {len(rows)} test rows")
    places = [(row, name) for row in range(len(rows)) for name in ANSWER_COLUMNS]
    if BY_TARGET:
        places = [(row, name) for name in ANSWER_COLUMNS for row in range(len(rows))]
    answered = {made_id(rows[row][TEST_ID_COLUMN], name): cells[name][row] for row, name in places}
    separator, encoding, line_end = submission_style(data_dir)
    if sample.is_file():
        wanted = [row[COLUMNS[0]] for row in read_sample_rows(data_dir)]
        if sorted(wanted) == sorted(answered):
            answered = {name: answered[name] for name in wanted}
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    writer.writerows([COLUMNS, *answered.items()])
    replace_file(out, lambda file: file.write(text.getvalue().encode(encoding, "surrogateescape")))


def made_id(row: str, target: str) -> str:
    """The id of one answer: numbers are counted on, words are joined."""
    if ID_FACTOR:
        return str(int(row) * ID_FACTOR + int(target))
    return ID_TEMPLATE.format(id=row, target=target)
