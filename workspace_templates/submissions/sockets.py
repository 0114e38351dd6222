"""What the assembler plugs into a writer: the facts about this competition's submission."""

from typing import Any

import numpy as np

TEST_FILE = "test.csv"
SAMPLE_FILE = "sample_submission.csv"
COLUMNS = ("id", "target")
ID_COLUMN: Any = "id"
ROW_COLUMNS = ("id",)
ANSWER_COLUMNS = ("target",)
LABELS = ("no", "yes")
TEST_ID_COLUMN: Any = "id"
TEST_SUFFIXES = (".png",)
ID_FROM = "stem"
FILE_ID_COLUMN = "id"
FIRST_PIXEL = 1
RUNS_DOWN = True
NO_MASK = ""
LEAST_PIXELS = 0
LABEL_MARK = " "
MOST_LABELS = 3
ID_TEMPLATE = "{id}_{target}"
ID_FACTOR = 0
BY_TARGET = False
SAMPLE_NAMES = ("target",)
STEPS = r"d_\d+"
LAST_STEPS: Any = None
KEY = "id"
KEY_SUFFIX = ""
FIRST_STEPS = {"": "d_1"}
DAYS_APART = 1


def answer_cells(answers: np.ndarray) -> dict[str, list[str]]:
    """Write every answer as it prints."""
    return {ANSWER_COLUMNS[0]: [str(answer) for answer in answers.tolist()]}
