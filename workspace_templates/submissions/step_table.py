"""A submission with a row for each series and a column for each step ahead."""

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from workspace_templates.harness.files import replace_file
from workspace_templates.harness.sockets import TRAIN_FILE
from workspace_templates.recipes.reading import read_text_table
from workspace_templates.recipes.wide import called_series, cells_ahead, last_steps
from workspace_templates.submissions.sample_rows_csv import submission_style
from workspace_templates.submissions.sockets import (
    ANSWER_COLUMNS,
    COLUMNS,
    DAYS_APART,
    FIRST_STEPS,
    KEY,
    KEY_SUFFIX,
    LAST_STEPS,
    SAMPLE_FILE,
    STEPS,
    answer_cells,
)


def write_submission(data_dir: Path, answers: np.ndarray, out: Path) -> None:
    """Answer each cell of the sample; what the training table knows already is taken from it."""
    sample = read_text_table(data_dir / SAMPLE_FILE)
    table = called_series(read_text_table(data_dir / TRAIN_FILE), KEY, KEY, KEY_SUFFIX)
    if LAST_STEPS:
        table = last_steps(table, STEPS, LAST_STEPS)
    cells = cells_ahead(sample, table, STEPS, COLUMNS[0], KEY, FIRST_STEPS, DAYS_APART)
    asked = cells["value"].isna().to_numpy()
    if len(answers) != asked.sum():
        raise ValueError(f"{len(answers)} answers for {asked.sum()} steps of series")
    values = pd.to_numeric(cells["value"], errors="coerce").to_numpy(dtype="float64", copy=True)
    values[asked] = answers
    filled = np.zeros((len(sample), len(ANSWER_COLUMNS)))
    filled[cells["row"], cells["place"]] = values
    told = answer_cells(filled)
    separator, encoding, line_end = submission_style(data_dir)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=line_end)
    writer.writerow(COLUMNS)
    writer.writerows(zip(sample[COLUMNS[0]], *(told[c] for c in COLUMNS[1:]), strict=True))
    replace_file(out, lambda file: file.write(text.getvalue().encode(encoding, "surrogateescape")))
