"""Answers that are probabilities, of the positive class or of each of several targets."""

import numpy as np

from workspace_templates.submissions.sockets import ANSWER_COLUMNS


def answer_cells(answers: np.ndarray) -> dict[str, list[str]]:
    """Write 12 digits; nothing is quite impossible or quite certain."""
    chances = np.asarray(answers).reshape(len(answers), len(ANSWER_COLUMNS))
    columns = np.clip(chances, 1e-9, 1 - 1e-9).T
    return {
        name: [f"{chance:.12g}" for chance in column.tolist()]
        for name, column in zip(ANSWER_COLUMNS, columns, strict=True)
    }
