"""What one column alone says about a target: out-of-fold means per value or per bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

BINS = 64
FEWEST_BINS = 8
ROWS_A_BIN = 40
FOLDS = 3
SMOOTHING = 5.0
MOST_CLASSES = 12
FEWEST_ROWS = 30


def bin_codes(values: pd.Series) -> Codes:
    """Numbers as codes of equally filled bins; missing ones get a code of their own.

    At most `BINS`, and enough rows in each for its mean to mean something.

    Frequent values keep a bin for themselves where there are few distinct ones.
    """
    numbers = values.to_numpy(np.float64, na_value=np.nan)
    known = np.isfinite(numbers)
    distinct = np.unique(numbers[known])
    bins = int(np.clip(len(numbers) // ROWS_A_BIN, FEWEST_BINS, BINS))
    if len(distinct) > bins:
        edges = np.unique(np.quantile(numbers[known], np.linspace(0, 1, bins + 1)[1:-1]))
    else:
        edges = distinct[1:]
    codes = np.searchsorted(edges, numbers, side="right").astype(np.int64)
    codes[~known] = len(edges) + 1
    return codes


def value_codes(values: pd.Series) -> Codes:
    """Codes of values; missing ones share the last."""
    import pandas as pd

    codes = np.asarray(pd.factorize(values)[0], np.int64)
    codes[codes < 0] = codes.max(initial=-1) + 1
    return codes


def folds_for(rows: int, seed: int) -> Codes:
    """A random fold number for each row."""
    return np.random.default_rng(seed).permutation(rows).astype(np.int64) % FOLDS


class Cells:
    """Rows of a column counted by value and fold, so that targets are averaged without rows.

    Cell `code * FOLDS + fold`; a mean for a cell is smoothed and comes from the other folds.
    """

    def __init__(self, codes: Codes, seed: int) -> None:
        self.cells = codes * FOLDS + folds_for(len(codes), seed)
        self.size = (int(codes.max(initial=0)) + 1) * FOLDS
        self.counts = np.bincount(self.cells, minlength=self.size).astype(np.float64)

    def sums(self, target: Floats) -> Floats:
        """Sum of the target in each cell."""
        return np.bincount(self.cells, target, self.size).astype(np.float64)

    def means(self, sums: Floats) -> Floats:
        """Out-of-fold mean of the target for each cell."""
        counts, sums = self.counts.reshape(-1, FOLDS), sums.reshape(-1, FOLDS)
        outside = counts.sum() - counts.sum(axis=0)
        base = (sums.sum() - sums.sum(axis=0)) / np.maximum(outside, 1)
        other, known = (table.sum(axis=1, keepdims=True) - table for table in (counts, sums))
        means: Floats = ((known + SMOOTHING * base) / (other + SMOOTHING)).reshape(-1)
        return means

    def auc(self, is_class: npt.NDArray[np.bool_]) -> float:
        """How well the column tells one class from the rest, 0.5 (not at all) to 1."""
        positives = self.sums(is_class.astype(np.float64))
        return max(0.5, counted_auc(self.means(positives), positives, self.counts - positives))

    def rank_r2(self, amounts: Floats) -> float:
        """Share of the variance of the amounts' ranks that the column explains, 0 to 1."""
        ranks = ranks_of(amounts)
        errors = ranks - self.means(self.sums(ranks))[self.cells]
        variance = ranks.var()
        return float(max(0.0, 1 - (errors**2).mean() / variance)) if variance else 0.0


def ranks_of(amounts: Floats) -> Floats:
    """Mean ranks divided by the number of rows: robust to skew, and ties share one."""
    _, place, counts = np.unique(amounts, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    ranks: Floats = middle[place.reshape(-1)] / len(amounts)
    return ranks


def counted_auc(scores: Floats, positives: Floats, negatives: Floats) -> float:
    """Area under the ROC curve of cells that hold some positives and negatives each.

    Pairs of one score count half. 0.5 where only one class is there.
    """
    pairs = positives.sum() * negatives.sum()
    if not pairs:
        return 0.5
    _, place = np.unique(scores, return_inverse=True)
    above = np.bincount(place.reshape(-1), weights=positives)
    below = np.bincount(place.reshape(-1), weights=negatives)
    won = (above * (np.cumsum(below) - below / 2)).sum()
    return float(won / pairs)


def auc(truth: npt.NDArray[np.bool_], scores: Floats) -> float:
    """Area under the ROC curve; 0.5 where only one class is there."""
    return counted_auc(scores, truth.astype(np.float64), (~truth).astype(np.float64))


def signal(codes: Codes, target: Floats, has_classes: bool, seed: int) -> float:
    """Score of a column alone in 0..1: normalised AUC for labels (2 AUC - 1), R2 for amounts.

    Several classes are weighted by their share; of several targets the best one counts.
    """
    table = target.reshape(len(target), -1)
    known = np.isfinite(table).all(axis=1)
    if known.sum() < FEWEST_ROWS:
        return 0.0
    cells = Cells(codes[known], seed)
    measure = _mean_class_auc if has_classes else Cells.rank_r2
    return max(measure(cells, column) for column in table[known].T)


def _mean_class_auc(cells: Cells, labels: Floats) -> float:
    names, counts = np.unique(labels, return_counts=True)
    if len(names) <= 2:
        return 2 * cells.auc(labels == names[-1]) - 1
    common = np.argsort(-counts, kind="stable")[:MOST_CLASSES]
    areas = [cells.auc(labels == names[place]) for place in common]
    return 2 * float(np.average(areas, weights=counts[common])) - 1
