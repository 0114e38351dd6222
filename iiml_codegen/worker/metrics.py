"""Every metric by name: its value, and pieces that carry its uncertainty.

The pieces of a metric are numbers whose mean is its value and whose spread over root of their
count is its standard error: per-row losses, linearised rows, or a jackknife's pseudo-values
(Quenouille, Tukey). Two sets of predictions for the same rows are compared piece by piece.
Names, directions and wants repeat `domain/metric.py`, which needs what the worker lacks; a test
compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .errors import RequestError
from .metrics_labels import COLUMN_ROWS, OF_COLUMNS, OF_CONFUSION, Floats, OfConfusion, confusion
from .metrics_masks import MASK_ROWS
from .metrics_probabilities import PROBABILITY_ROWS, SCORE_ROWS, SCORE_VALUES, RowFunction
from .metrics_values import CORRELATION_ROWS, VALUE_ROWS, VALUE_VALUES
from .texts import TEXT_ROWS

BLOCKS = 100
"""Blocks of a jackknife where leaving out single rows would cost too much."""

LOSSES = frozenset({"error_rate", "hamming_loss"})
GAINS = frozenset({"r2", "explained_variance"})


@dataclass(frozen=True)
class Measure:
    """One metric: `value` or `rows` or both ways of `of_confusion` / `of_columns` for labels."""

    name: str
    wants: str
    greater_is_better: bool
    rows: RowFunction | None = None
    whole: Callable[[Floats, Floats], float] | None = None
    of_confusion: OfConfusion | None = None

    def value(self, y: Floats, answers: Floats, classes: int = 2) -> float:
        """The metric itself."""
        if self.of_confusion is not None and y.ndim == 1:
            return float(self.of_confusion(confusion(y, answers, classes)))
        if self.rows is not None:
            return float(np.mean(self.rows(y, answers)))
        if self.whole is None:
            raise RequestError(f"{self.name} does not fit a target of {y.ndim} dimensions")
        return float(self.whole(y, answers))

    def pieces(self, y: Floats, answers: Floats, classes: int = 2, seed: int = 0) -> Floats:
        """Numbers whose mean is the value; one a row where that is cheap, else one a block."""
        if self.of_confusion is not None and y.ndim == 1:
            return _cell_jackknife(self.of_confusion, y, answers, classes)
        if self.rows is not None:
            return self.rows(y, answers)
        if self.wants == "labels":
            return COLUMN_ROWS[self.name](y, answers)
        return _block_jackknife(lambda part: self.value(y[part], answers[part]), len(y), seed)

    def gains(self, pieces: Floats) -> Floats:
        """Pieces, turned so that more is better."""
        return pieces if self.greater_is_better else -pieces


def _cell_jackknife(function: OfConfusion, y: Floats, answers: Floats, classes: int) -> Floats:
    """Leave-one-out pseudo-values; rows of one confusion cell share theirs."""
    counts = confusion(y, answers, classes)
    n = counts.sum()
    value = float(function(counts))
    cells = y.astype(np.int64) * classes + answers.astype(np.int64)
    used, index = np.unique(cells, return_inverse=True)
    if n < 2:
        return np.full(len(y), value)
    smaller = np.empty(len(used))
    for place, cell in enumerate(used):
        without = counts.copy()
        without[cell // classes, cell % classes] -= 1.0
        smaller[place] = float(function(without))
    pseudo = (n * value - (n - 1) * smaller)[index]
    return np.asarray(pseudo - pseudo.mean() + value)


def _block_jackknife(value_of: Callable[[np.ndarray], float], n: int, seed: int) -> Floats:
    """Pseudo-values of leaving out one of `BLOCKS` random blocks of rows."""
    blocks = min(BLOCKS, n)
    of_row = np.random.default_rng(seed).permutation(np.arange(n) % blocks)
    value = value_of(np.ones(n, dtype=bool))
    without = np.array([value_of(of_row != block) for block in range(blocks)])
    pseudo = blocks * value - (blocks - 1) * without
    return np.asarray(pseudo - pseudo.mean() + value)


def _label_measures() -> list[Measure]:
    names = sorted(OF_CONFUSION.keys() | OF_COLUMNS.keys())
    return [
        Measure(
            name,
            "labels",
            name not in LOSSES,
            whole=OF_COLUMNS.get(name),
            of_confusion=OF_CONFUSION.get(name),
        )
        for name in names
    ]


def _measures() -> dict[str, Measure]:
    found = _label_measures()
    found += [Measure(n, "masks", True, rows=f) for n, f in MASK_ROWS.items()]
    found += [Measure(n, "texts", True, rows=f) for n, f in TEXT_ROWS.items()]
    found += [Measure(n, "probabilities", False, rows=f) for n, f in PROBABILITY_ROWS.items()]
    found += [Measure(n, "scores", True, rows=f) for n, f in SCORE_ROWS.items()]
    found += [Measure(n, "scores", True, rows=f) for n, f in CORRELATION_ROWS.items()]
    found += [Measure(n, "scores", True, whole=f) for n, f in SCORE_VALUES.items()]
    found += [Measure(n, "values", n in GAINS, rows=f) for n, f in VALUE_ROWS.items()]
    found += [Measure(n, "values", n in GAINS, whole=f) for n, f in VALUE_VALUES.items()]
    return {measure.name: measure for measure in found}


MEASURES: dict[str, Measure] = _measures()


def measure(name: str) -> Measure:
    """The metric called `name`; raises RequestError for one that nobody knows."""
    if name not in MEASURES:
        hint = f"known metrics: {', '.join(sorted(MEASURES))}"
        raise RequestError(f"unknown metric {name!r}", hint=hint)
    return MEASURES[name]
