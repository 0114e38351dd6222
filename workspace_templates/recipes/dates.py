"""Dates: parts that repeat, time that passes, and circles without a jump at midnight."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember

CALENDAR_PARTS = ("year", "quarter", "month", "day", "day_of_week", "day_of_year", "hour", "minute")
TURN_OF = {"month": 12, "day_of_week": 7, "day_of_year": 365.25, "hour": 24}


def as_mixed_dates(values: pd.Series, formats: Sequence[str]) -> pd.Series:
    """Read each date in the first format that fits it; whatever fits none is missing."""
    dates = pd.to_datetime(values, format=formats[0], errors="coerce")
    for other in formats[1:]:
        dates = dates.fillna(pd.to_datetime(values, format=other, errors="coerce"))
    return dates


def as_utc_dates(values: pd.Series, form: str) -> pd.Series:
    """Read dates with their offsets as moments of UTC; whatever does not fit is missing."""
    return pd.to_datetime(values, format=form, errors="coerce", utc=True).dt.tz_localize(None)


def from_seconds(values: pd.Series) -> pd.Series:
    """Read numbers as seconds since 1970; whatever is none is missing."""
    return pd.to_datetime(pd.to_numeric(values, errors="coerce"), unit="s")


def date_parts(dates: pd.Series) -> pd.DataFrame:
    """Take dates apart: year, quarter, month, day, weekday (0 is Monday), hour, minute, weekend."""
    parts = {f"{dates.name}_{part}": getattr(dates.dt, part) for part in CALENDAR_PARTS}
    frame = pd.DataFrame(parts, index=dates.index).astype("float64")
    weekend = (dates.dt.day_of_week >= 5).astype("float64")
    return frame.assign(**{f"{dates.name}_weekend": weekend.where(dates.notna())})


def elapsed_days(dates: pd.Series, fitted: dict[str, Any]) -> pd.DataFrame:
    """Count the days since the first date, with fractions."""
    first = remember(fitted, f"first {dates.name}", lambda: dates.min())
    seconds = (dates - first).dt.total_seconds()
    return pd.DataFrame({f"{dates.name}_elapsed": seconds / 86_400.0}, index=dates.index)


def around_the_clock(dates: pd.Series) -> pd.DataFrame:
    """Bend hours, weekdays and months into circles, so that December is next to January."""
    circles = {}
    for part, turn in TURN_OF.items():
        angle = 2 * np.pi * getattr(dates.dt, part).astype("float64") / turn
        circles[f"{dates.name}_{part}_sin"] = np.sin(angle)
        circles[f"{dates.name}_{part}_cos"] = np.cos(angle)
    return pd.DataFrame(circles, index=dates.index)
