"""The design view: every feature as a scaled number, for models that multiply and add."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.numbers import fill_with_median

MOST_LEVELS = 40
SKEWED_BEYOND = 1.0
FARTHEST = 5.0


def design_view(features: pd.DataFrame, fitted: dict[str, Any]) -> pd.DataFrame:
    """Turn mixed features into one dense table: numbers filled and scaled, categories one-hot."""
    named = features.select_dtypes("category").columns
    blocks = [scaled(features.drop(columns=named), fitted)]
    blocks += [one_hot(features[name], fitted) for name in named]
    return pd.concat(blocks, axis=1)


def scaled(features: pd.DataFrame, fitted: dict[str, Any]) -> pd.DataFrame:
    """Fill gaps, bend what is skewed, subtract the mean, divide by the spread, clip the rest."""
    filled = fill_with_median(features, list(features.columns), fitted)
    columns = {}
    for name in filled.columns:
        form, size = remember(fitted, f"form of {name}", partial(least_skewed, filled[name]))
        values = bent(filled[name], form, size)
        mean = remember(fitted, f"mean of {name}", values.mean)
        spread = remember(fitted, f"spread of {name}", partial(values.std, ddof=0)) or 1.0
        columns[name] = ((values - mean) / spread).clip(-FARTHEST, FARTHEST)
    return pd.DataFrame(columns, index=features.index).astype("float32")


def least_skewed(values: pd.Series) -> tuple[str, float]:
    """Find the form in which a column's tails are most alike, and its usual size beside zeros."""
    sizes = values[values != 0].abs()
    size = float(sizes.mean()) if len(sizes) else 1.0
    forms = pd.DataFrame({form: bent(values, form, size) for form in ("plain", "root", "log")})
    skews = forms.skew().abs()
    form = str(skews.idxmin()) if skews["plain"] > SKEWED_BEYOND else "plain"
    return form, size


def bent(values: pd.Series, form: str, size: float) -> pd.Series:
    """Pull in the tails of a column, by a root or by a logarithm from its usual size on."""
    if form == "plain":
        return values
    tails = np.sqrt(values.abs()) if form == "root" else np.log1p((values / size).abs())
    return pd.Series(tails * np.sign(values), index=values.index)


def one_hot(values: pd.Series, fitted: dict[str, Any]) -> pd.DataFrame:
    """Give each frequent level a 0/1 column of its own; all others read as zeros."""
    text = values.astype(str)
    counts = text.value_counts().sort_index().nlargest(MOST_LEVELS)
    levels = remember(fitted, f"one-hot {values.name}", lambda: sorted(counts.index))
    flags = {f"{values.name}={level}": (text == level).astype("float32") for level in levels}
    return pd.DataFrame(flags, index=values.index)
