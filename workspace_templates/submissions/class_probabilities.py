"""Answers that are one probability per class, a column each."""

import numpy as np

from workspace_templates.submissions.sockets import ANSWER_COLUMNS


def answer_cells(answers: np.ndarray) -> dict[str, list[str]]:
    """Write 12 decimals that add up to one; two classes may come as P(second) alone."""
    chances = np.asarray(answers)
    if chances.ndim == 1:
        chances = np.column_stack([1 - chances, chances])
    chances = np.clip(chances, 1e-9, 1)
    chances = chances / chances.sum(axis=1, keepdims=True)
    return {
        name: [f"{chance:.12f}" for chance in column.tolist()]
        for name, column in zip(ANSWER_COLUMNS, chances.T, strict=True)
    }
