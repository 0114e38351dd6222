"""Answers that are several labels in one cell: yes or no for each label in, its words out."""

import numpy as np

from workspace_templates.submissions.sockets import ANSWER_COLUMNS, LABEL_MARK, LABELS


def answer_cells(answers: np.ndarray) -> dict[str, list[str]]:
    """Join the labels of each row; a row without any gets the likeliest one."""
    held = np.asarray(answers, dtype="float64").reshape(len(answers), len(LABELS))
    chosen = held >= 0.5
    none = ~chosen.any(axis=1)
    usual = np.where(held[none].max(axis=1, initial=0.0) > 0, held[none].argmax(axis=1), -1)
    most = int(held.sum(axis=0).argmax())
    chosen[np.flatnonzero(none), np.where(usual < 0, most, usual)] = True
    names = [LABEL_MARK.join(np.asarray(LABELS)[row].tolist()) for row in chosen]
    return {ANSWER_COLUMNS[0]: names}
