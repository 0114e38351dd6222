"""Categories: named levels, rare ones pooled, new ones welcome."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from workspace_templates.recipes.memory import remember

MISSING_LEVEL = "(missing)"
RARE_LEVEL = "(rare)"


def frequent_levels(values: pd.Series, min_count: int = 1) -> list[str]:
    """List the levels that occur at least `min_count` times."""
    counts = values.dropna().astype(str).value_counts()
    return sorted(counts.index[counts >= min_count])


def as_categories(
    rows: pd.DataFrame, columns: Sequence[str], fitted: dict[str, Any], min_count: int = 1
) -> pd.DataFrame:
    """Make categories; rare and unseen values share the level "(rare)", gaps "(missing)"."""
    categories = {}
    for column in columns:
        learn = partial(frequent_levels, rows[column], min_count)
        known = remember(fitted, f"levels of {column}", learn)
        values = rows[column].astype(object).map(str, na_action="ignore")
        values = values.where(values.isna() | values.isin(known), RARE_LEVEL).fillna(MISSING_LEVEL)
        levels = [*known, RARE_LEVEL, MISSING_LEVEL]
        categories[column] = pd.Categorical(values, categories=levels)
    return pd.DataFrame(categories, index=rows.index)


def crossed_categories(rows: pd.DataFrame, left: str, right: str) -> pd.Series:
    """Glue two categories into one, for effects that only the pair shows."""
    glued = rows[left].astype(str) + " & " + rows[right].astype(str)
    return glued.rename(f"{left}_{right}")
