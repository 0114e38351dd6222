"""Series side by side: what each was before, as far back as the farthest row to predict looks."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.rows import row_keys

LAST_VALUES = (1, 7, 28)
SAME_PHASES = 4
YEAR = 364
SLACK = 1e-6


def past_of_series(
    rows: pd.DataFrame,
    target: np.ndarray,
    names: Sequence[str],
    keys: Sequence[str],
    moments: pd.Series,
    horizon: float,
    fitted: dict[str, Any],
) -> pd.DataFrame:
    """Say what each series was at least `horizon` days before: lately, this weekday, last year.

    `target` holds the training rows, which come first; `moments` are the dates of all rows. No row
    sees what lies nearer than the horizon, as the farthest row to predict does not either.
    """
    series = row_keys(rows, keys)
    days = (moments - pd.Timestamp("1970-01-01")).dt.total_seconds() / 86_400.0
    known = pd.DataFrame({"series": series, "day": days}).iloc[: len(target)]
    values = np.asarray(target, dtype="float64").reshape(len(target), len(names))
    learn = partial(with_values, known, values, names)
    past: pd.DataFrame = remember(fitted, "past of the series", learn)
    asked = pd.DataFrame({"series": series, "day": days}).reset_index(drop=True)
    blocks = [lags_of(asked, past, name, horizon) for name in names]
    return pd.concat(blocks, axis=1).set_index(rows.index)


def counted_days(steps: pd.Series) -> pd.Series:
    """Read the numbers of steps as days that follow each other; what day it was, nobody said."""
    numbers = pd.to_numeric(steps, errors="coerce")
    return pd.Timestamp("1970-01-01") + pd.to_timedelta(numbers, unit="D")


def with_values(known: pd.DataFrame, values: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    """Put values beside series and days, in the order of time, without rows that lack a day."""
    told = pd.DataFrame(values, columns=list(names), index=known.index)
    past = known.join(told).dropna(subset=["day"])
    return past.sort_values(["day", "series"], ignore_index=True, kind="stable")


def lags_of(asked: pd.DataFrame, past: pd.DataFrame, name: str, horizon: float) -> pd.DataFrame:
    """Write the past of one target: last values, means, the same phase of the week, last year."""
    past = past[["series", "day", name]].dropna().rename(columns={name: "value"})
    by_series = past.groupby("series")["value"]
    for count in LAST_VALUES:
        past[f"last_{count}"] = rolled(by_series, count)
    past["always"] = by_series.expanding().mean().droplevel(0)
    lags = latest(asked, past, "series", horizon).drop(columns="value")
    phase = past.assign(series=past["series"] + phase_of(past["day"]))
    same = asked.assign(series=asked["series"] + phase_of(asked["day"]))
    phase["value"] = rolled(phase.groupby("series")["value"], SAME_PHASES)
    phase["once"] = past["value"]
    told = latest(same, phase, "series", horizon)
    lags["same_phase"], lags["phase_before"] = told["value"], told["once"]
    back = YEAR * np.ceil(max(horizon, 1.0) / YEAR)
    if len(past) and past["day"].max() - past["day"].min() > back:
        lags["year_before"] = latest(asked, past, "series", back, within=7.0)["last_7"]
    lags["trend"] = lags["last_7"] - lags["last_28"]
    lags["season"] = lags["same_phase"] - lags["last_28"]
    return lags.add_prefix(f"{name}_")


def rolled(values: Any, count: int) -> pd.Series:
    """Average the last values of each group."""
    means: pd.Series = values.rolling(count, min_periods=1).mean().droplevel(0)
    return means


def phase_of(days: pd.Series) -> pd.Series:
    """Name the weekday and the hour, in which most habits return."""
    hours = (days * 24 + SLACK).fillna(0).floordiv(1).astype("int64")
    return (hours % 168).astype(str)


def latest(
    asked: pd.DataFrame, past: pd.DataFrame, by: str, before: float, within: float = np.inf
) -> pd.DataFrame:
    """Find the latest past of each row that is `before` days old or older; `within` bounds it."""
    wanted = asked.assign(day=asked["day"] - before + SLACK, place=np.arange(len(asked)))
    wanted = wanted.dropna(subset=["day"]).sort_values("day", kind="stable")
    seen = past.assign(seen=past["day"]).sort_values("day", kind="stable")
    found = pd.merge_asof(wanted, seen, on="day", by=by)
    found = found[found["day"] - found["seen"] <= within].set_index("place")
    columns = [column for column in past.columns if column not in (by, "day")]
    return found[columns].reindex(np.arange(len(asked))).astype("float64")
