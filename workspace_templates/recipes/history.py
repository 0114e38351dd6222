"""Histories: tables with several rows for each of ours, summed up without any label."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.rows import row_keys

SHOWN_LEVELS = 6
AGREEING = 0.95
SUMMED_UP = ("mean", "min", "max", "std", "sum", "last")


def history_features(
    rows: pd.DataFrame,
    history: pd.DataFrame,
    keys: Sequence[str],
    name: str,
    fitted: dict[str, Any],
    left_out: Sequence[str] = (),
) -> pd.DataFrame:
    """Sum up what a history says about each row: how much, how often, what last, of which kinds.

    Rows of the history count in the order of its first date, or as they stand. `left_out` are
    columns that the rows to predict will not have.
    """
    history = history.drop(columns=[column for column in left_out if column in history])
    plan = remember(fitted, f"columns of {name}", partial(history_plan, history, keys))
    return sums_at_rows(rows, history_sums(history, keys, plan), keys, name)


def history_sums(history: pd.DataFrame, keys: Sequence[str], plan: dict[str, Any]) -> pd.DataFrame:
    """Sum up the rows of each owner, as one row with its keys glued together as index."""
    typed = pd.DataFrame({c: as_amounts(history[c]) for c in plan["numbers"]}, index=history.index)
    for column in plan["dates"]:
        typed[column] = as_moments(history[column])
    owner = row_keys(history, keys)
    if plan["dates"]:
        order = typed[plan["dates"][0]].to_numpy().argsort(kind="stable")
        typed, owner, history = typed.iloc[order], owner.iloc[order], history.iloc[order]
    parts = [owner.value_counts().to_frame("count")]
    if typed.shape[1]:
        summed = typed.groupby(owner).agg(list(SUMMED_UP))
        parts.append(summed.set_axis(["_".join(pair) for pair in summed.columns], axis=1))
    for column, levels in plan["kinds"].items():
        parts.append(shares_of_kinds(history[column], owner, levels))
    return pd.concat(parts, axis=1)


def sums_at_rows(
    rows: pd.DataFrame, sums: pd.DataFrame, keys: Sequence[str], name: str
) -> pd.DataFrame:
    """Find the sums of each row's owner; a row without any has the count 0, and gaps."""
    found = sums.reindex(row_keys(rows, keys)).set_index(rows.index)
    found["count"] = found["count"].fillna(0)
    return found.astype("float64").replace([np.inf, -np.inf], np.nan).add_prefix(f"{name}_")


def history_plan(history: pd.DataFrame, keys: Sequence[str]) -> dict[str, Any]:
    """Tell numbers, dates and kinds apart, with the commonest levels of each kind."""
    plan: dict[str, Any] = {"numbers": [], "dates": [], "kinds": {}}
    for column in [c for c in history.columns if c not in keys]:
        values = history[column].dropna()
        if not len(values):
            continue
        if as_amounts(values).notna().mean() >= AGREEING:
            plan["numbers"].append(column)
        elif as_moments(values.head(2_000)).notna().mean() >= AGREEING:
            plan["dates"].append(column)
        else:
            plan["kinds"][column] = list(values.astype(str).value_counts().index[:SHOWN_LEVELS])
    return plan


def as_amounts(values: pd.Series) -> pd.Series:
    """Read numbers; whatever is none is missing."""
    return pd.to_numeric(values, errors="coerce").astype("float64")


def as_moments(values: pd.Series) -> pd.Series:
    """Read dates as days since 1970; whatever is none is missing."""
    written = values.astype("str").str.removesuffix(" UTC")
    moments = pd.to_datetime(written, errors="coerce", format="ISO8601", utc=True)
    return (moments - pd.Timestamp("1970-01-01", tz="UTC")).dt.total_seconds() / 86_400.0


def shares_of_kinds(values: pd.Series, owner: pd.Series, levels: Sequence[str]) -> pd.DataFrame:
    """Count the distinct kinds that an owner has, and the share of each common one."""
    name, texts = values.name, values.astype(object).map(str, na_action="ignore")
    found: dict[str, Any] = {f"{name}_kinds": texts.groupby(owner).nunique()}
    for level in levels:
        found[f"{name}_is_{level}"] = (texts == level).groupby(owner).mean()
    return pd.DataFrame(found)
