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
READS_AS_GAP = re.compile(r"none|null|n/?a", re.I)
"""As `planning.target_checks.NOTHING`: names of classes that pandas reads as missing."""
TRUTHS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}


def encode(texts: pd.DataFrame, task: Task) -> Floats:
    """Targets from the training table read as text; missing ones are NaN.

    (rows,) class codes in the order of `task.classes`, or amounts; (rows, targets) for several.
    """
    missing = [name for name in task.targets if name not in texts]
    if missing:
        raise DataError(f"{task.train_file} has no column {missing[0]!r}", code="IIML902")
    if task.layout.masks is not None:
        return np.asarray(texts[task.targets[0]], np.float64)
    if task.layout.source is not None:
        return text_codes(texts[task.targets[0]])[0]
    if task.has_classes:
        return _codes(texts[task.targets[0]], task)
    columns = [_numbers(texts[name], task.train_file) for name in task.targets]
    return columns[0] if task.kind == "regression" else np.stack(columns, axis=1)


def text_codes(values: pd.Series) -> tuple[Floats, list[str]]:
    """Each text as the number of the text that it is, and these texts; an empty cell is one."""
    import pandas as pd

    codes, known = pd.factorize(values.astype(object).fillna("").astype(str))
    return np.asarray(codes, np.float64), [str(text) for text in known]


def _codes(values: pd.Series, task: Task) -> Floats:
    gap = next((name for name in task.classes if READS_AS_GAP.fullmatch(name)), None)
    if gap is not None and not task.layout.drop_unlabelled:
        values = values.fillna(gap)
    code = {label: float(place) for place, label in enumerate(task.classes)}
    code |= {key: code[label] for label in task.classes if (key := canonical(label)) not in code}
    found = np.empty(len(values), np.float64)
    for row, value in enumerate(values):
        known = code.get(value, code.get(canonical(value))) if isinstance(value, str) else np.nan
        if known is None:
            raise DataError(
                f"{task.train_file}: {value!r} in row {row + 1} of {values.name} is none of the"
                f" {len(task.classes)} labels",
                hint="Has the table changed since it was looked at? Solve again.",
                code="IIML902",
            )
        found[row] = known
    return found


def canonical(label: str) -> str:
    """`1.0` and ` 1` are `1`; everything else stays as it stands, `1e5` and `007` above all."""
    stripped = label.strip()
    return stripped.partition(".")[0] if WHOLE.fullmatch(stripped) else stripped


def _numbers(values: pd.Series, file: str) -> Floats:
    if values.dtype == np.float64:
        return np.asarray(values, np.float64)
    form = number_form(values)
    if form is not None and not form.plain:
        return parsed(values, form)
    found = np.empty(len(values), np.float64)
    for row, value in enumerate(values):
        number = _number(value)
        if number is None:
            raise DataError(
                f"{file}: {value!r} in row {row + 1} of {values.name} is no number",
                hint="Leave the cell empty where the number is not known.",
            )
        found[row] = number
    return found


def _number(value: object) -> float | None:
    if not isinstance(value, str) or value.strip().lower() in MISSING:
        return float("nan")
    try:
        return float(value)
    except ValueError:
        return TRUTHS.get(value.strip().lower())
