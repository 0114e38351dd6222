"""The design view: every feature as a scaled number, for models that multiply and add."""

from functools import partial
from typing import Any

import pandas as pd

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.numbers import bent_log, fill_with_median

MOST_LEVELS = 40
SKEWED_BEYOND = 2.0
FARTHEST = 5.0


def one_hot(values: pd.Series, fitted: dict[str, Any]) -> pd.DataFrame:
    """Give each frequent level a 0/1 column of its own; all others read as zeros."""
    text = values.astype(str)
    counts = text.value_counts().sort_index()
    levels = remember(
        fitted, f"one-hot {values.name}", lambda: sorted(counts.nlargest(MOST_LEVELS).index)
    )
    flags = {f"{values.name}={level}": (text == level).astype("float32") for level in levels}
    return pd.DataFrame(flags, index=values.index)


def scaled(numbers: pd.DataFrame, fitted: dict[str, Any]) -> pd.DataFrame:
    """Centre each column, divide by its spread, log what is skewed, clip what is far out."""
    columns = {}
    for name in numbers.columns:
        values = numbers[name]
        if abs(remember(fitted, f"skew of {name}", values.skew)) > SKEWED_BEYOND:
            values = bent_log(values)
        centre = remember(fitted, f"centre of {name}", values.mean)
        spread = remember(fitted, f"spread of {name}", partial(values.std, ddof=0)) or 1.0
        columns[name] = ((values - centre) / spread).clip(-FARTHEST, FARTHEST)
    return pd.DataFrame(columns, index=numbers.index)


def design_view(features: pd.DataFrame, fitted: dict[str, Any]) -> pd.DataFrame:
    """Turn mixed features into one dense table: categories one-hot, numbers filled and scaled."""
    named = features.select_dtypes(include="category").columns
    numbers = features.drop(columns=named)
    filled = fill_with_median(numbers, list(numbers.columns), fitted)
    blocks = [scaled(filled, fitted), *(one_hot(features[name], fitted) for name in named)]
    return pd.concat(blocks, axis=1).astype("float32")
