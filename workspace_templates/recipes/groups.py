"""Rows that belong together: how many share a value, and how a row stands among its own."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workspace_templates.recipes.memory import remember


def value_counts(
    rows: pd.DataFrame, columns: Sequence[str], fitted: dict[str, Any]
) -> pd.DataFrame:
    """Count how often each value occurs in train and test together."""
    counts = {}
    for column in columns:
        keys = rows[column].astype(str)
        table = remember(fitted, f"counts of {column}", keys.value_counts)
        counts[f"{column}_count"] = keys.map(table).fillna(1).astype("float64")
    return pd.DataFrame(counts, index=rows.index)


def group_means(
    rows: pd.DataFrame, key: str, numbers: Sequence[str], fitted: dict[str, Any]
) -> pd.DataFrame:
    """Average numbers over all rows of train and test that share a key."""
    keys = rows[key].astype(str)
    means = {}
    for number in numbers:
        values = rows[number].astype("float64")
        table = remember(fitted, f"mean {number} by {key}", values.groupby(keys).mean)
        means[f"{number}_mean_by_{key}"] = keys.map(table).astype("float64")
    return pd.DataFrame(means, index=rows.index)


def beside_group(
    rows: pd.DataFrame, key: str, numbers: Sequence[str], fitted: dict[str, Any]
) -> pd.DataFrame:
    """Compare a number with the mean of its group: dear for its kind, young for its class."""
    means = group_means(rows, key, numbers, fitted)
    compared = {
        f"{number}_beside_{key}": rows[number] - means[f"{number}_mean_by_{key}"]
        for number in numbers
    }
    return pd.DataFrame(compared, index=rows.index)
