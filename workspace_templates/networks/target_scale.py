"""Numbers to predict, brought to the scale on which networks learn, and back."""

import numpy as np
import torch


class TargetScale:
    """Centre, spread and limits of training targets; `logs` learns log(1 + y), as ratios ask for.

    Targets are a vector for one target, else a matrix.
    """

    def __init__(self, y: np.ndarray, logs: bool) -> None:
        self.logs = logs
        columns = self.columns(y)
        self.centre, spread = columns.mean(axis=0), columns.std(axis=0)
        self.spread = np.where(spread > 0, spread, 1.0)
        self.low, self.high = columns.min(axis=0), columns.max(axis=0)

    def columns(self, y: np.ndarray) -> np.ndarray:
        """A column per target, in float64."""
        columns = np.asarray(y, dtype="float64").reshape(len(y), -1)
        return np.log1p(columns) if self.logs else columns

    def scaled(self, y: np.ndarray) -> torch.Tensor:
        """Targets around 0 with a spread of 1: shape (rows, targets), float32."""
        return torch.from_numpy((self.columns(y) - self.centre) / self.spread).float()

    def restored(self, outputs: np.ndarray) -> np.ndarray:
        """Outputs on the scale of the target.

        They stay within what training rows had: a network may shoot far beyond on a strange row.
        """
        answers = np.clip(outputs * self.spread + self.centre, self.low, self.high)
        answers = np.expm1(answers) if self.logs else answers
        return np.asarray(answers[:, 0] if answers.shape[1] == 1 else answers)
