"""Numbers to predict, brought to the scale on which networks learn, and back."""

from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class TargetScale:
    """Centre, spread and limits of each target, of its logarithm where `logs` says so."""

    centre: np.ndarray
    spread: np.ndarray
    low: np.ndarray
    high: np.ndarray
    logs: bool

    def scaled(self, y: np.ndarray) -> torch.Tensor:
        """Give targets around 0 with a spread of 1: shape (rows, targets), float32."""
        return torch.from_numpy((target_columns(y, self.logs) - self.centre) / self.spread).float()

    def restored(self, outputs: np.ndarray) -> np.ndarray:
        """Give outputs on the scale of the target: a vector for one target, else a matrix.

        They stay within what training rows had: a network may shoot far beyond on a strange row.
        """
        answers = np.clip(outputs * self.spread + self.centre, self.low, self.high)
        answers = np.expm1(answers) if self.logs else answers
        return np.asarray(answers[:, 0] if answers.shape[1] == 1 else answers)


def target_scale(y: np.ndarray, logs: bool) -> TargetScale:
    """Measure training targets; `logs` learns log(1 + y), which metrics of ratios ask for."""
    columns = target_columns(y, logs)
    low, high = columns.min(axis=0), columns.max(axis=0)
    return TargetScale(columns.mean(axis=0), columns.std(axis=0) + 1e-9, low, high, logs)


def target_columns(y: np.ndarray, logs: bool) -> np.ndarray:
    """Give targets one column each, in float64."""
    columns = np.asarray(y, dtype="float64").reshape(len(y), -1)
    return np.log1p(columns) if logs else columns
