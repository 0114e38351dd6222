"""Dates with a zone behind the clock: names, abbreviations and offsets on one clock."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from workspace_templates.recipes.dates import as_mixed_dates

HOURS_AHEAD = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2, "IST": 5.5, "HKT": 8, "SGT": 8, "AWST": 8,
    "JST": 9, "KST": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "BRT": -3, "NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
CLOCK_AND_ZONE = (
    r"^(?P<before>.*?\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*"
    r"(?P<zone>(?:UTC|GMT)?[+-]\d\d?(?::?\d\d)?|[A-Z]{1,5}|[A-Z][A-Za-z]+(?:/[\w+-]+)+)?"
    r"(?:\s*[(\[].*[)\]])?(?P<after> \d{4})?$"
)


def as_zoned_dates(values: pd.Series, formats: Sequence[str]) -> pd.Series:
    """Read dates such as "2012-03-10 21:17 EST" as moments of UTC; what does not fit is missing.

    `formats` are those of the dates without their zones; a date without one is of UTC.
    """
    parts = values.astype("str").str.extract(CLOCK_AND_ZONE)
    zones = parts["zone"].fillna("UTC")
    dates = as_mixed_dates(parts["before"] + parts["after"].fillna(""), formats)
    for zone in zones.unique():
        there = zones == zone
        dates = dates.where(~there, in_utc(dates[there], str(zone)))
    return dates.rename(str(values.name))


def in_utc(dates: pd.Series, zone: str) -> pd.Series:
    """Set dates of one zone, such as EST, +0530 or Europe/Berlin, to UTC; missing if unknown."""
    offset = re.fullmatch(r"(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?", zone)
    if offset:
        hours = int(offset[2]) + int(offset[3] or 0) / 60
        return dates - pd.Timedelta(hours=hours if offset[1] == "+" else -hours)
    if zone in HOURS_AHEAD:
        return dates - pd.Timedelta(hours=HOURS_AHEAD[zone])
    winter = np.zeros(len(dates), dtype=bool)
    try:
        local = dates.dt.tz_localize(zone, ambiguous=winter, nonexistent="shift_forward")
    except (KeyError, ValueError):
        return dates.where(winter)
    moments: pd.Series = local.dt.tz_convert(None)
    return moments
