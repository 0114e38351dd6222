"""The design view: every feature as a scaled number, for models that multiply and add."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.numbers import bent_log, fill_with_median

MOST_LEVELS = 40
SKEWED_BEYOND = 1.0
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


def in_form(values: pd.Series, form: str, size: float) -> pd.Series:
    """Pull in the tails of one column: by a root, or by a logarithm from its usual size on."""
    if form == "root":
        root: pd.Series = np.sqrt(values.abs()) * np.sign(values)
        return root
    return bent_log(values / size) if form == "log" else values


def least_skewed(values: pd.Series) -> tuple[str, float]:
    """The form in which a skewed column is least skewed, and its usual size (mean beside zeros)."""
    sizes = values[values != 0].abs()
    size = float(sizes.mean()) if len(sizes) else 1.0
    skews = {form: skewed(in_form(values, form, size)) for form in ("plain", "root", "log")}
    least = min(skews, key=lambda form: skews[form])
    return (least if skews["plain"] > SKEWED_BEYOND else "plain"), size


def skewed(values: pd.Series) -> float:
    """How far the tails of a column differ, to either side."""
    away: float = values.astype("float64").skew()  # type: ignore[assignment]
    return abs(away)


def scaled(numbers: pd.DataFrame, fitted: dict[str, Any]) -> pd.DataFrame:
    """Centre each column, divide by its spread, bend what is skewed, clip what is far out."""
    columns = {}
    for name in numbers.columns:
        form, size = remember(fitted, f"form of {name}", partial(least_skewed, numbers[name]))
        values = in_form(numbers[name], form, size)
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
