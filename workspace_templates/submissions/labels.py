"""Answers that are labels: class codes in, labels as the training table spells them out."""

import numpy as np

from workspace_templates.submissions.sockets import ANSWER_COLUMNS, LABELS


def answer_cells(answers: np.ndarray) -> dict[str, list[str]]:
    """Spell the label of each code; several targets have a column each."""
    codes = np.asarray(answers).reshape(len(answers), len(ANSWER_COLUMNS)).astype(int)
    return {
        name: [LABELS[code] for code in column.tolist()]
        for name, column in zip(ANSWER_COLUMNS, codes.T, strict=True)
    }
