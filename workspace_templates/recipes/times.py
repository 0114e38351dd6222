"""Rows along time: what is usual around a moment, and which calendar parts still say something."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workspace_templates.recipes.memory import remember

MOST_UNSEEN = 0.25


def around_in_time(
    numbers: pd.DataFrame,
    dates: pd.Series,
    fitted: dict[str, Any],
    windows: Sequence[int] = (5, 25),
) -> pd.DataFrame:
    """Average each number over the moments before and after, of train and test together.

    Moments that were learned stand beside those of new rows; rows without a date have gaps.
    """
    moments = pd.Index(dates)
    rows = numbers.set_axis(moments, axis=0)
    known: pd.DataFrame = remember(fitted, f"course along {dates.name}", lambda: rows)
    whole = pd.concat([known, rows[~moments.isin(known.index)]])
    course = whole.groupby(level=0, sort=True).mean()
    blocks = [
        course.rolling(window, center=True, min_periods=1).mean().add_suffix(f"_around_{window}")
        for window in windows
    ]
    around: pd.DataFrame = pd.concat(blocks, axis=1).reindex(moments)
    return around.set_axis(numbers.index, axis=0)


def seen_parts(parts: pd.DataFrame, n_train: int, fitted: dict[str, Any]) -> pd.DataFrame:
    """Keep calendar parts whose values the training rows know: a model knows nothing of others."""

    def known() -> list[str]:
        kept = []
        for name in parts.columns:
            before, later = parts[name].iloc[:n_train].unique(), parts[name].iloc[n_train:]
            if len(later) == 0 or (~later.isin(before)).mean() <= MOST_UNSEEN:
                kept.append(name)
        return kept

    kept: list[str] = remember(fitted, f"seen among {', '.join(parts.columns)}", known)
    return parts[kept]
