"""Pictures of a diagnosis: learning curves, confusion matrix or residuals, importance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iiml_codegen.domain.candidate import Candidate
from iiml_codegen.domain.diagnosis import Confusion, Diagnosis, Residuals
from iiml_codegen.report_plot import Line, Plot, plot
from iiml_codegen.report_words import decimal, number

MOST_COLUMNS = 20
SHADES = 6


@dataclass(frozen=True)
class Cell:
    """Rows of one true class that were answered as another; `shade` by their share in the row."""

    count: int
    share: float
    shade: int
    right: bool


@dataclass(frozen=True)
class MatrixRow:
    """A true class and how its rows were answered."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Bar:
    """A column and how much worse the score is without what it says; `width` in per cent."""

    column: str
    width: float
    drop: str


@dataclass(frozen=True)
class Figures:
    """What the page draws of a diagnosis; empty or None for what is missing."""

    learning: Plot | None
    matrix: tuple[MatrixRow, ...]
    residuals: Plot | None
    importance: tuple[Bar, ...]
    idle: tuple[str, ...]


def figures_of(diagnosis: Diagnosis) -> Figures:
    """The pictures of a diagnosis."""
    errors = diagnosis.errors
    bars, idle = importance_bars(diagnosis)
    return Figures(
        learning=learning_plot(diagnosis),
        matrix=matrix(errors.confusion) if errors and errors.confusion else (),
        residuals=residual_plot(errors.residuals) if errors and errors.residuals else None,
        importance=bars,
        idle=idle,
    )


def progress_plot(
    scored: Sequence[tuple[float, Candidate]], greater_is_better: bool
) -> Plot | None:
    """The best score on all rows over the seconds of the solve."""
    points: list[tuple[float, float]] = []
    for seconds, candidate in scored:
        if candidate.score is None:
            continue
        value = candidate.score.value
        best = points[-1][1] if points else value
        points.append((seconds, max(best, value) if greater_is_better else min(best, value)))
    if len(points) < 2:
        return None
    says = f"The best score went from {decimal(points[0][1])} to {decimal(points[-1][1])}."
    titles = ("seconds since the start", "best score")
    return plot(says, titles, [Line(decimal(points[-1][1]), "step", tuple(points))])


def learning_plot(diagnosis: Diagnosis) -> Plot | None:
    """Scores on withheld and on learned rows over the number of rows to learn from."""
    points = diagnosis.learning
    withheld = tuple((float(p.rows), p.withheld) for p in points if p.withheld is not None)
    training = tuple((float(p.rows), p.training) for p in points if p.training is not None)
    if not withheld:
        return None
    told = ", ".join(f"{decimal(value)} with {rows:.0f} rows" for rows, value in withheld)
    lines = [Line("withheld rows", "a", withheld), Line("rows learned from", "b", training)]
    titles = ("rows to learn from", diagnosis.metric)
    return plot(f"Score on withheld rows: {told}.", titles, lines)


def matrix(confusion: Confusion) -> tuple[MatrixRow, ...]:
    """The confusion matrix, row by row."""
    rows = []
    for place, (label, counts) in enumerate(zip(confusion.labels, confusion.counts, strict=True)):
        total = max(1, sum(counts))
        cells = tuple(
            Cell(count, count / total, round((SHADES - 1) * count / total), place == column)
            for column, count in enumerate(counts)
        )
        rows.append(MatrixRow(label, cells))
    return tuple(rows)


def residual_plot(residuals: Residuals) -> Plot | None:
    """Truth minus prediction over the prediction; a span holds four of five rows of its bin."""
    spans = [(b.predicted, b.low, b.median, b.high) for b in residuals.bins]
    worst = max((abs(b.median) for b in residuals.bins), default=0.0)
    says = f"Truth minus prediction by prediction; bins are off by {number(worst, 3)} at most."
    dots = Line("", "dots", residuals.points)
    return plot(says, ("prediction", "truth minus prediction"), [dots], spans)


def importance_bars(diagnosis: Diagnosis) -> tuple[tuple[Bar, ...], tuple[str, ...]]:
    """Columns that withheld rows are scored worse without, and names of those that do nothing."""
    useful = [one for one in diagnosis.importance if one.drop > 0]
    most = useful[0].drop if useful else 1.0
    bars = [
        Bar(one.column, round(100 * one.drop / most, 2), number(one.drop, 3))
        for one in useful[:MOST_COLUMNS]
    ]
    return tuple(bars), tuple(one.column for one in diagnosis.importance if one.drop <= 0)
