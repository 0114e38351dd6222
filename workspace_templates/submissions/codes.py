"""Answers that are codes: 0 or 1 for each of several targets."""

import numpy as np

from workspace_templates.submissions.sockets import ANSWER_COLUMNS


def answer_cells(answers: np.ndarray) -> dict[str, list[str]]:
    """Write whole numbers; several targets have a column each."""
    codes = np.asarray(answers).reshape(len(answers), len(ANSWER_COLUMNS)).astype(int)
    return {
        name: [str(code) for code in column.tolist()]
        for name, column in zip(ANSWER_COLUMNS, codes.T, strict=True)
    }
