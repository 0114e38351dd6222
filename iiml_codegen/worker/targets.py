"""Targets of the training rows as numbers: class codes, amounts, or one column per target."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .errors import DataError
from .number_forms import MISSING, number_form, parsed
from .task import Task

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
WHOLE = re.compile(r"-?\d+\.0*")
TRUTHS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}


def encode(texts: pd.DataFrame, task: Task) -> Floats:
    """Targets from the training table read as text; missing ones are NaN.

    (rows,) class codes in the order of `task.classes`, or amounts; (rows, targets) for several.
    """
    missing = [name for name in task.targets if name not in texts]
    if missing:
        raise DataError(f"{task.train_file} has no column {missing[0]!r}", code="IIML902")
    if task.has_classes:
        return _codes(texts[task.targets[0]], task.classes)
    columns = [_numbers(texts[name]) for name in task.targets]
    return columns[0] if task.kind == "regression" else np.stack(columns, axis=1)


def _codes(values: pd.Series, classes: tuple[str, ...]) -> Floats:
    code = {label: float(place) for place, label in enumerate(classes)}
    code |= {key: code[label] for label in classes if (key := canonical(label)) not in code}
    found = [_code(value, code) for value in values]
    return np.array(found, np.float64)


def _code(value: object, code: dict[str, float]) -> float:
    if not isinstance(value, str):
        return float("nan")
    known = code.get(value, code.get(canonical(value)))
    if known is None:
        raise DataError(f"{value!r} is none of the task's classes", code="IIML902")
    return known


def canonical(label: str) -> str:
    """`1.0` and ` 1` are `1`; everything else stays as it stands, `1e5` and `007` above all."""
    stripped = label.strip()
    return stripped.partition(".")[0] if WHOLE.fullmatch(stripped) else stripped


def _numbers(values: pd.Series) -> Floats:
    form = number_form(values) if values.dtype != np.float64 else None
    if form is not None and not form.plain:
        return parsed(values, form)
    found = [_number(value, str(values.name)) for value in values]
    return np.array(found, np.float64)


def _number(value: object, name: str) -> float:
    if not isinstance(value, str) or value.strip().lower() in MISSING:
        return float("nan")
    try:
        return float(value)
    except ValueError:
        truth = TRUTHS.get(value.strip().lower())
    if truth is None:
        raise DataError(f"{value!r} in {name!r} is no number", code="IIML902")
    return truth
