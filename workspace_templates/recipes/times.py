"""Rows along time: what is usual around a moment, and which calendar parts still say something."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember

MOST_UNSEEN = 0.25


def around_in_time(
    numbers: pd.DataFrame, dates: pd.Series, windows: Sequence[int] = (5, 25)
) -> pd.DataFrame:
    """Average each number over the rows before and after in time, train and test together."""
    order = np.argsort(dates.to_numpy(), kind="stable")
    ordered = numbers.iloc[order].reset_index(drop=True)
    blocks = [
        ordered.rolling(window, center=True, min_periods=1).mean().add_suffix(f"_around_{window}")
        for window in windows
    ]
    around = pd.concat(blocks, axis=1).set_axis(numbers.index[order], axis=0)
    return around.reindex(numbers.index)


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
