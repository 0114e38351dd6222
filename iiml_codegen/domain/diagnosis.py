"""What the handed-in candidate gets right and wrong, and what its predictions hang on."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.wire import Frozen

DiagnosisPart = Literal["confusion", "residuals", "learning", "importance"]


class Confusion(Frozen):
    """Rows by true class (first) and answered class, out of fold; the most frequent classes."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    other_rows: int = 0


class ResidualBin(Frozen):
    """Rows of alike predictions: their median, and where truth minus prediction lies."""

    predicted: float
    low: float
    median: float
    high: float


class Residuals(Frozen):
    """Truth minus prediction, out of fold: some rows, and all of them in bins."""

    points: tuple[tuple[float, float], ...]
    bins: tuple[ResidualBin, ...]


class Errors(Frozen):
    """Which rows the candidate gets wrong; `why_not` where neither picture tells it."""

    rows: int
    confusion: Confusion | None = None
    residuals: Residuals | None = None
    why_not: str = ""


class LearningPoint(Frozen):
    """Scores of a fit on so many rows: on withheld rows, and on rows that it has learned from."""

    rows: int
    withheld: float | None
    training: float | None


class Importance(Frozen):
    """How much worse withheld rows are scored with one column shuffled."""

    column: str
    drop: float


class Diagnosis(Frozen):
    """All of it for the candidate `candidate`; `missing` says why a part is not there."""

    candidate: str
    metric: str
    errors: Errors | None = None
    learner: str = ""
    learning: tuple[LearningPoint, ...] = ()
    importance: tuple[Importance, ...] = ()
    missing: dict[DiagnosisPart, str] = {}
