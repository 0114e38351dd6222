"""Windows: what was in the moments before each row, for models that read the course of things."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.series import SLACK

WINDOW = 32


def past_windows(
    numbers: pd.DataFrame,
    series: pd.Series,
    moments: pd.Series,
    fitted: dict[str, Any],
    horizon: float = 0.0,
    target: np.ndarray | None = None,
) -> pd.DataFrame:
    """Follow numbers, and the target if it is given, over the moments before each row.

    The oldest of `WINDOW` moments comes first; the last lies `horizon` days before the row, or one
    moment where that is farther. `target` holds the training rows, which come first.
    """
    answers = with_gaps(np.zeros((0, 0)) if target is None else target, numbers.index)
    days = (moments - pd.Timestamp("1970-01-01")).dt.total_seconds() / 86_400.0
    step = remember(fitted, "days between moments", partial(usual_step, days))
    places = pd.MultiIndex.from_arrays([series, (days / step).round()])
    rows = numbers.astype("float64").join(answers).set_axis(places, axis=0)
    known: pd.DataFrame = remember(fitted, "course of the series", lambda: rows)
    course = pd.concat([known, rows[~places.isin(known.index)]]).groupby(level=[0, 1]).mean()
    last = max(1, int(np.ceil(horizon / step - SLACK)))
    blocks = []
    for back in reversed(range(last, last + WINDOW)):
        before = pd.MultiIndex.from_arrays([series, places.get_level_values(1) - back])
        seen = course.reindex(before).set_axis(numbers.index, axis=0)
        blocks.append(seen.add_suffix(f" {back} before").astype("float32"))
    return pd.concat(blocks, axis=1)


def with_gaps(target: np.ndarray, rows: pd.Index) -> pd.DataFrame:
    """Give the target a column for each of its numbers; rows to predict have gaps."""
    known = target[:, None] if target.ndim == 1 else target
    told = np.full((len(rows), known.shape[1]), np.nan)
    told[: len(known)] = known
    return pd.DataFrame(told, rows).add_prefix("answer ")


def usual_step(days: pd.Series) -> float:
    """The commonest distance between moments that follow each other, in days."""
    steps = pd.Series(np.diff(np.unique(days.dropna()))).round(6)
    return float(steps.mode().iloc[0]) if len(steps) else 1.0
