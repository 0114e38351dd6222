"""Raw predictions on disk, in a few facts; read without numpy, as deciding code never loads it."""

from __future__ import annotations

import array
import math
import sys
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.domain.fault import Place, Violation
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.syntax import literal_value

MAGIC = b"\x93NUMPY"
MOST_NUMBERS = 2_000_000
SLACK = 1e-6
"""As the worker allows it (`worker/predictions.py`)."""
WIDE = ("multiclass", "multilabel", "multi_regression")
SUM_TOLERANCE = 1e-3


@dataclass(frozen=True)
class RawFacts:
    """Raw predictions: their shape, cells that are no numbers, range, and what sums rows have.

    `levels` counts distinct values, up to 50; `sums` are the smallest and largest sum of a row.
    """

    shape: tuple[int, ...]
    odd: int
    low: float | None
    high: float | None
    levels: int
    sums: tuple[float, float] | None

    @property
    def is_constant(self) -> bool:
        """Whether every prediction is the same."""
        return self.levels == 1 and math.prod(self.shape) > 1


def read_raw(path: Path) -> RawFacts | None:
    """The facts of a `.npy` file of 64-bit floats; None where there is none, or of another sort."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if not data.startswith(MAGIC) or len(data) < 12:
        return None
    wide = data[6] >= 2
    start = 12 if wide else 10
    length = int.from_bytes(data[8:start], "little")
    header = literal_value(data[start : start + length].decode("latin-1").strip())
    if header["descr"] != "<f8" or header["fortran_order"] or len(header["shape"]) > 2:
        return None
    numbers = array.array("d")
    numbers.frombytes(data[start + length :][: 8 * MOST_NUMBERS])
    if sys.byteorder == "big":
        numbers.byteswap()
    return facts(tuple(header["shape"]), numbers)


def facts(shape: tuple[int, ...], numbers: array.array[float]) -> RawFacts:
    """Facts of predictions in C order."""
    finite = [number for number in numbers if math.isfinite(number)]
    levels: set[float] = set()
    for number in numbers:
        levels.add(number)
        if len(levels) == 50:
            break
    sums = None
    if len(shape) == 2 and shape[1] and len(finite) == len(numbers):
        width = shape[1]
        rows = [math.fsum(numbers[n : n + width]) for n in range(0, len(numbers), width)]
        sums = (min(rows), max(rows)) if rows else None
    return RawFacts(
        shape,
        len(numbers) - len(finite),
        min(finite, default=None),
        max(finite, default=None),
        len(levels),
        sums,
    )


def raw_violations(raw: RawFacts, task: TaskSummary, file: str = "raw.npy") -> list[Violation]:
    """IIML404, 405 and 408: what the interface wants of raw predictions and these are not."""
    place = Place(file=file)
    wanted = wanted_shape(task)
    found = []
    if not fits(raw.shape, task):
        message = f"predictions have shape {raw.shape}, a {task.kind} task wants {wanted}"
        found.append(Violation(code="IIML404", message=message, place=place))
    if raw.odd:
        message = f"{raw.odd:,} predictions are not finite"
        found.append(Violation(code="IIML405", message=message, place=place))
    metric = METRICS.get(task.metric)
    probable = metric is not None and metric.wants == "probabilities"
    low, high = raw.low or 0.0, raw.high or 0.0
    if probable and (low < -SLACK or high > 1 + SLACK):
        message = f"predictions run from {low:.4g} to {high:.4g}, no probabilities"
        found.append(Violation(code="IIML408", message=message, place=place))
    return found


def wanted_shape(task: TaskSummary) -> str:
    """The shape of a kind's raw predictions, in words."""
    if task.kind == "multiclass":
        return f"(rows, {len(task.classes)})"
    return f"(rows, {len(task.targets)})" if task.kind in WIDE else "(rows,)"


def fits(shape: tuple[int, ...], task: TaskSummary) -> bool:
    """Whether a shape is the kind's; a single column may stand for none."""
    if task.kind not in WIDE:
        return len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)
    width = len(task.classes) if task.kind == "multiclass" else len(task.targets)
    return len(shape) == 2 and shape[1] == width
