"""What a fold on all rows should take, by runs on few of them."""

from __future__ import annotations

from dataclasses import dataclass

from iiml_codegen.search.bench import Bench
from iiml_codegen.search.measured import Measured

START_BYTES, START_BYTES_OF_TORCH = 200 * 2**20, 1200 * 2**20
"""What a run takes before it has seen a row: that does not grow with them."""
TIMES_START = 2
"""What a run of which nothing is known may take at least, in what it takes to start."""
MOST_GROWTH = 4.0
LEAST_SLOPE = 0.1
"""Of seconds per row by one run alone: what more rows cost at least by two runs."""


@dataclass(frozen=True)
class Estimate:
    """What one fold on all rows should take.

    `encoding` is what encoding all rows should take, once before the first fold; `predicting` is
    the part of a fold that no fit can shorten.
    """

    seconds: float
    peak_bytes: int
    encoding: float = 0.0
    predicting: float = 0.0


def estimated(
    bench: Bench,
    run: Measured,
    model: str = "",
    smaller: Measured | None = None,
    grows: float = 1.0,
) -> Estimate:
    """What one fold should take by a run of the model's text, and one on fewer rows before it.

    By one run alone all grows with the rows, or a share of it; two tell what does not, such as
    loading weights. What is prepared and encoded once is no part of a fold.
    """
    fold = bench.shadow(0)
    rows, others = fold.train_rows, fold.n_fold + bench.shadows.test_rows
    everything = bench.shadows.train_rows + bench.shadows.test_rows
    fit, predict, encoding = (
        grows * seconds_for(wanted, step, run, smaller) + (1 - grows) * run.seconds.get(step, 0.0)
        for wanted, step in ((rows, "fit"), (others, "predict"), (everything, "encode"))
    )
    started = min(run.peak_bytes, start_bytes(model))
    grown = (run.peak_bytes - started) * min(rows / max(1, run.fitted), MOST_GROWTH)
    return Estimate(run.starting + fit + predict, int(started + grown), encoding, predict)


def start_bytes(model: str) -> int:
    """What a run of a model's text takes before it has seen a row."""
    return START_BYTES_OF_TORCH if "import torch" in model else START_BYTES


def seconds_for(wanted: int, step: str, run: Measured, smaller: Measured | None) -> float:
    """Seconds of a step for so many rows, by what it took in a run, and in one on fewer rows."""
    rows, took = rows_of(step, run), run.seconds.get(step, 0.0)
    each = took / max(1, rows)
    if smaller is not None and rows_of(step, smaller) < rows:
        more = (took - smaller.seconds.get(step, 0.0)) / (rows - rows_of(step, smaller))
        each = min(each, max(more, LEAST_SLOPE * each))
    return took + each * (wanted - rows)


def rows_of(step: str, run: Measured) -> int:
    """The rows that a step of a run went through."""
    return {"fit": run.fitted, "predict": run.predicted, "encode": run.seen}[step]
