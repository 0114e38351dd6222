"""Is one candidate better than another? Asked of the worker, on the rows that both predicted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.search.bench import SCORING_SECONDS, Bench


class Compared(Frozen):
    """How much better the first is, in the metric, and how likely it is better at all."""

    p_better: float
    difference: float
    standard_error: float
    rows: int


def compared(bench: Bench, a: Mapping[int, Path], b: Mapping[int, Path]) -> Compared:
    """The paired comparison of two sets of raw predictions by fold; raises IimlError."""
    params = {
        **bench.scoring(),
        "a": {"folds": bench.fold_files(a)},
        "b": {"folds": bench.fold_files(b)},
    }
    return bench.context.worker.call_typed("compare", params, Compared, timeout=SCORING_SECONDS)
