"""The design view: every feature as a scaled number, for models that multiply and add."""

from functools import partial
from typing import Any

import pandas as pd

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.numbers import bent_log, fill_with_median

MOST_LEVELS = 40
SKEWED_BEYOND = 2.0
FARTHEST = 5.0


def one_hot(values: pd.Series, fitted: dict[str, Any], most: int = MOST_LEVELS) -> pd.DataFrame:
    """Give each frequent level a 0/1 column of its own; all others read as zeros."""
    name = str(values.name)
    levels = remember(
        fitted,
        f"one-hot levels of {name}",
        lambda: sorted(values.astype(str).value_counts().sort_index().nlargest(most).index),
    )
    text = values.astype(str).to_numpy()
    flags = {f"{name}={level}": (text == level).astype("float32") for level in levels}
    return pd.DataFrame(flags, index=values.index)


def is_skewed(values: pd.Series) -> bool:
    """Say whether a tail is long enough to spoil a mean."""
    skewness: Any = values.skew()
    return bool(abs(skewness) > SKEWED_BEYOND)


def centre_and_spread(values: pd.Series) -> tuple[float, float]:
    """Measure mean and standard deviation; a constant column has spread one."""
    return float(values.mean()), float(values.std(ddof=0)) or 1.0


def scaled(numbers: pd.DataFrame, fitted: dict[str, Any]) -> pd.DataFrame:
    """Centre each column, divide by its spread, log what is skewed, clip what is far out."""
    columns = {}
    for name in numbers.columns:
        values = numbers[name]
        if remember(fitted, f"skew of {name}", partial(is_skewed, values)):
            values = bent_log(values)
        centre, spread = remember(fitted, f"scale of {name}", partial(centre_and_spread, values))
        columns[name] = ((values - centre) / spread).clip(-FARTHEST, FARTHEST)
    return pd.DataFrame(columns, index=numbers.index)


def design_view(features: pd.DataFrame, fitted: dict[str, Any]) -> pd.DataFrame:
    """Turn mixed features into one dense table: categories one-hot, numbers filled and scaled."""
    named = features.select_dtypes(include="category").columns
    numbers = features.drop(columns=named)
    filled = fill_with_median(numbers, list(numbers.columns), fitted)
    blocks = [scaled(filled, fitted), *(one_hot(features[name], fitted) for name in named)]
    return pd.concat(blocks, axis=1).astype("float32")
