"""Answers that are texts."""

import numpy as np

from workspace_templates.submissions.sockets import ANSWER_COLUMNS


def answer_cells(answers: np.ndarray) -> dict[str, list[str]]:
    """Write each text to the letter."""
    return {ANSWER_COLUMNS[0]: [str(answer) for answer in answers.tolist()]}
