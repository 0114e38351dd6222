"""Answers that are numbers, one column per target."""

import numpy as np

from workspace_templates.submissions.sockets import ANSWER_COLUMNS


def answer_cells(answers: np.ndarray) -> dict[str, list[str]]:
    """Write 10 significant digits; whole numbers stay whole."""
    columns = np.asarray(answers, dtype="float64").reshape(len(answers), len(ANSWER_COLUMNS)).T
    return {
        name: [f"{value:.10g}" for value in (column + 0.0).tolist()]
        for name, column in zip(ANSWER_COLUMNS, columns, strict=True)
    }
