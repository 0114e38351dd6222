"""The rows that want an answer, as a sample with a line for each row and target lists them."""

from pathlib import Path

import pandas as pd

from workspace_templates.recipes.rows import rows_of_long_sample
from workspace_templates.submissions.sample_rows_csv import read_sample_rows
from workspace_templates.submissions.sockets import (
    BY_TARGET,
    COLUMNS,
    ID_FACTOR,
    ID_TEMPLATE,
    SAMPLE_NAMES,
    TEST_ID_COLUMN,
)


def read_test_rows(data_dir: Path) -> list[dict[str, str]]:
    """Take the id of each row out of the ids of its lines, once."""
    lines = pd.DataFrame(read_sample_rows(data_dir))
    template = (ID_TEMPLATE, ID_FACTOR, BY_TARGET)
    rows = rows_of_long_sample(lines, COLUMNS[0], SAMPLE_NAMES, *template)
    return [{TEST_ID_COLUMN: name} for name in rows[COLUMNS[0]]]
