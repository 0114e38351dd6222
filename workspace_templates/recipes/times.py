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
    """Average each number over the moments around its own, of train and test together.

    `temp_around_5` is the mean of five moments, the row's own in the middle. Rows without a date
    have gaps.
    """
    rows = numbers.set_axis(pd.Index(dates), axis=0)
    known: pd.DataFrame = remember(fitted, f"course along {dates.name}", lambda: rows)
    course = pd.concat([known, rows[~rows.index.isin(known.index)]]).groupby(level=0).mean()
    means = [
        course.rolling(window, center=True, min_periods=1).mean().add_suffix(f"_around_{window}")
        for window in windows
    ]
    return pd.concat(means, axis=1).reindex(rows.index).set_axis(numbers.index, axis=0)


def seen_parts(parts: pd.DataFrame, n_train: int, fitted: dict[str, Any]) -> pd.DataFrame:
    """Keep the calendar parts whose values in the test rows the training rows have, too."""
    train, test = parts.iloc[:n_train], parts.iloc[n_train:]

    def choose() -> list[str]:
        unseen = {name: (~test[name].isin(train[name])).mean() for name in parts.columns}
        return [name for name in parts.columns if test.empty or unseen[name] <= MOST_UNSEEN]

    kept: list[str] = remember(fitted, f"seen among {', '.join(parts.columns)}", choose)
    return parts[kept]
