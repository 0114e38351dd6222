"""Suspected leaks: a column whose value or presence decides the target almost alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .columns import Column

Floats = npt.NDArray[np.float64]

DECIDES = 0.96
"""Signal from which a column is suspected: AUC 0.98 (2 AUC - 1 = 0.96), or R2 0.96."""
APART = 3.0
PURE = 0.98
COMMON = 0.8
FEWEST_ROWS = 30
MANY_NAMES = 20
FAR_COMMONER = 10


def by_value(signals: dict[str, float], has_classes: bool) -> list[dict[str, Any]]:
    """Columns that decide the target alone while others leave at least three times the error.

    In an easy competition many columns score high; then none of them is suspect.
    """
    suspects = {name: score for name, score in signals.items() if score >= DECIDES}
    others = [score for name, score in signals.items() if name not in suspects]
    if not others:
        return []
    rest, measure = max(others), "AUC" if has_classes else "R2 of ranks"
    found = []
    for name, score in sorted(suspects.items()):
        if 1 - rest < APART * (1 - score):
            continue
        shown, other = (((s + 1) / 2 if has_classes else s) for s in (score, rest))
        why = f"alone it reaches {measure} {shown:.3f} out of fold; the best other {other:.3f}"
        found.append({"column": name, "by": "value", "score": shown, "why": why})
    return found


def by_presence(column: Column, target: Floats) -> dict[str, Any] | None:
    """A class column is decided wherever the value is there, or wherever it is missing.

    One word may stand for a gap: the commonest value of a column that else holds many.
    """
    missing, said = column.train.isna().to_numpy(), "missing"
    if not missing.any() and column.kind == "string":
        missing, said = _stands_for_a_gap(column)
    for name, rows in (("there", ~missing), (said, missing)):
        label, purity, base = _purest(target, rows)
        if rows.sum() >= FEWEST_ROWS and purity >= PURE and base <= COMMON and missing.any():
            why = (
                f"where it is {name} ({rows.sum():,} rows), {purity:.1%} have label number "
                f"{label:.0f}, against {base:.1%} of all rows"
            )
            return {"column": column.name, "by": "presence", "score": purity, "why": why}
    return None


def _stands_for_a_gap(column: Column) -> tuple[npt.NDArray[np.bool_], str]:
    """Rows with the commonest value, if it is far commoner than any of many others; its name."""
    counts = column.train.value_counts()
    if len(counts) < MANY_NAMES or counts.iloc[0] < FAR_COMMONER * counts.iloc[1]:
        return np.zeros(len(column.train), dtype=bool), "missing"
    commonest = counts.index[0]
    return (column.train == commonest).to_numpy(), f"{str(commonest)[:40]!r}"


def _purest(target: Floats, rows: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
    """The most frequent label among rows, its share there, and its share overall."""
    known = np.isfinite(target)
    labels, counts = np.unique(target[rows & known], return_counts=True)
    if not len(labels):
        return 0.0, 0.0, 1.0
    label = float(labels[np.argmax(counts)])
    return label, float(counts.max() / counts.sum()), float((target[known] == label).mean())
