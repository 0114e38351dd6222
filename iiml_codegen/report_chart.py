"""The leaderboard as a picture: a dot per candidate, its standard error, and its folds.

Only geometry: numbers go in, positions in pixels come out; the template draws them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from iiml_codegen.domain.candidate import Score

WIDTH, LABELS, RIGHT, ROW, AXIS = 860, 270, 90, 30, 34
TICKS = 5


@dataclass(frozen=True)
class Mark:
    """One row: `y` and all positions in pixels; `folds` are the scores of single folds."""

    label: str
    y: float
    dot: float
    low: float
    high: float
    folds: tuple[float, ...]
    value: str
    best: bool


@dataclass(frozen=True)
class Tick:
    """A grid line with its value."""

    x: float
    label: str


@dataclass(frozen=True)
class Chart:
    """Everything that the template draws."""

    width: int
    height: int
    labels: int
    bottom: int
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]


def nice_step(span: float, count: int = TICKS) -> float:
    """The step of 1, 2 or 5 times a power of ten that cuts `span` into about `count` parts."""
    rough = span / count
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * part for part in (1, 2, 5, 10) if power * part >= rough * 0.999)


def _domain(scores: Sequence[Score]) -> tuple[float, float]:
    """Lowest and highest value to show, with some air; never empty."""
    ends = [s.value + sign * s.standard_error for s in scores for sign in (-1, 1)]
    ends += [fold for s in scores for fold in s.folds]
    low, high = min(ends), max(ends)
    air = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return low - air, high + air


def _ticks(low: float, high: float) -> tuple[list[float], int]:
    """Values of the grid lines and the decimals that tell them apart."""
    step = nice_step(high - low)
    first = math.ceil(low / step)
    values = [step * k for k in range(first, math.floor(high / step) + 1)]
    return values, max(0, -math.floor(math.log10(step)))


def draw(rows: Sequence[tuple[str, Score, str]]) -> Chart | None:
    """A chart of (label, score, score as text), the best first; None without finite scores."""
    finite = [row for row in rows if math.isfinite(row[1].value)]
    if not finite:
        return None
    low, high = _domain([score for _, score, _ in finite])
    values, decimals = _ticks(low, high)
    scale = (WIDTH - LABELS - RIGHT) / (high - low)

    def x(value: float) -> float:
        return round(LABELS + (value - low) * scale, 1)

    marks = tuple(
        Mark(
            label=label if len(label) <= 38 else label[:37] + "…",
            y=ROW * (place + 0.5),
            dot=x(score.value),
            low=x(score.value - score.standard_error),
            high=x(score.value + score.standard_error),
            folds=tuple(x(fold) for fold in score.folds),
            value=text,
            best=place == 0,
        )
        for place, (label, score, text) in enumerate(finite)
    )
    bottom = ROW * len(marks)
    ticks = tuple(Tick(x(value), f"{value:.{decimals}f}") for value in values)
    return Chart(WIDTH, bottom + AXIS, LABELS, bottom, marks, ticks)
