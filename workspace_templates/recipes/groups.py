"""Rows that belong together: how many share a value, and how a row stands among its own."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember


def count_table(keys: pd.Series) -> dict[str, int]:
    """Count each key."""
    return {str(key): int(count) for key, count in keys.value_counts().items()}


def mean_table(values: pd.Series, keys: pd.Series) -> dict[str, float]:
    """Average the values of each key; keys without a value are left out."""
    means = values.groupby(keys).mean().dropna()
    return {str(key): float(mean) for key, mean in means.items()}


def value_counts(
    rows: pd.DataFrame, columns: Sequence[str], fitted: dict[str, Any]
) -> pd.DataFrame:
    """Count how often each value occurs in train and test: popularity needs no label."""
    counts = {}
    for column in columns:
        keys = rows[column].astype(str)
        table = remember(fitted, f"counts of {column}", partial(count_table, keys))
        counts[f"{column}_count"] = keys.map(table).fillna(1).astype("float64")
    return pd.DataFrame(counts, index=rows.index)


def group_means(
    rows: pd.DataFrame, key: str, numbers: Sequence[str], fitted: dict[str, Any]
) -> pd.DataFrame:
    """Average numbers over the rows that share a key: the company a row keeps."""
    keys = rows[key].astype(str)
    means = {}
    for number in numbers:
        values = rows[number].astype("float64")
        table = remember(fitted, f"mean {number} by {key}", partial(mean_table, values, keys))
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


def fate_of_others(
    rows: pd.DataFrame,
    key: str,
    target: np.ndarray,
    fitted: dict[str, Any],
    prior_weight: float = 1.0,
) -> pd.DataFrame:
    """Average the target over the *other* training rows of the group; never the row's own.

    `target` has the training rows only. Rows without known companions get the overall mean.
    """
    keys = rows[key].astype(str)
    n_train = len(target)
    table = remember(
        fitted,
        f"fate by {key}",
        lambda: {
            "mean": float(np.mean(target)),
            "sum": pd.Series(target, dtype="float64").groupby(keys[:n_train]).sum().to_dict(),
            "count": keys[:n_train].value_counts().to_dict(),
        },
    )
    total = keys.map(table["sum"]).fillna(0.0).to_numpy(dtype="float64", copy=True)
    count = keys.map(table["count"]).fillna(0.0).to_numpy(dtype="float64", copy=True)
    total[:n_train] -= target
    count[:n_train] -= 1
    rate = (total + prior_weight * table["mean"]) / (count + prior_weight)
    return pd.DataFrame({f"fate_by_{key}": rate, f"companions_by_{key}": count}, index=rows.index)
