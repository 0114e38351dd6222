"""What a made competition of a modality is: its folder, the hidden answers, how it is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Made:
    """A folder with `answers`, the perfect submission; `plain` is the best constant one."""

    folder: Path
    answers: pd.DataFrame
    plain: pd.DataFrame

    def error(self, submission: pd.DataFrame) -> float:
        """How far answers are from the truth: root of the mean square, or rows that differ."""
        key, *columns = self.answers.columns
        given = submission.set_index(key).reindex(self.answers[key])[columns]
        truth = self.answers[columns]
        if all(pd.api.types.is_numeric_dtype(truth[name]) for name in columns):
            off = given.to_numpy(dtype=float) - truth.to_numpy(dtype=float)
            return float(np.sqrt(np.mean(off**2)))
        return float((given.to_numpy() != truth.to_numpy()).mean())


Write = Callable[[Path, int], Made]
"""Writes the competition of a modality into a folder, from a seed."""


def written(folder: Path, text: str, answers: pd.DataFrame, plain: float | str) -> Made:
    """Write description and sample submission; the sample answers 0, or the constant's words."""
    constant = answers.copy()
    for name in answers.columns[1:]:
        numbers = pd.api.types.is_numeric_dtype(answers[name])
        constant[name] = float(answers[name].mean()) if numbers else plain
    sample = constant.copy()
    for name in sample.columns[1:]:
        if pd.api.types.is_numeric_dtype(sample[name]):
            sample[name] = 0
    folder.mkdir(parents=True, exist_ok=True)
    sample.to_csv(folder / "sample_submission.csv", index=False)
    (folder / "description.md").write_text(text, encoding="utf-8")
    return Made(folder, answers.reset_index(drop=True), constant.reset_index(drop=True))
