"""Zones behind the clock of a written moment: "21:17 UTC", "21:17:39 EST", "21:17:39.5 +01"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

HOURS_AHEAD = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2, "IST": 5.5, "HKT": 8, "SGT": 8, "AWST": 8,
    "JST": 9, "KST": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "BRT": -3, "NST": -3.5, "NDT": -2.5, "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6,
    "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
"""As generated code has it (`recipes/zones.py`)."""
ZONED = (
    r"^(?P<before>.*?\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*"
    r"(?P<zone>(?:UTC|GMT)?[+-]\d\d?(?::?\d\d)?|[A-Z]{1,5}|[A-Z][A-Za-z]+(?:/[\w+-]+)+)?"
    r"(?:\s*[(\[].*[)\]])?(?P<after> \d{4})?$"
)
OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?")
CLOCK = re.compile(r"%M(?::%S(?:\.%f)?)?")
MARK = " %Z"
"""Where a format has a zone of any kind."""


def split(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Written moments without their zones, and the zones; UTC where none is written."""
    parts = text.str.extract(ZONED)
    return parts["before"] + parts["after"].fillna(""), parts["zone"].fillna("UTC")


def without_zone(moment: str) -> str:
    """One written moment without its zone; any other text as it is."""
    found = re.match(ZONED, moment)
    return found["before"] + (found["after"] or "") if found else moment


def gap_and_zone(moment: str) -> str | None:
    """The zone behind a clock with the blank before it; None where none stands there."""
    found = re.match(ZONED, moment)
    if found is None or found["zone"] is None:
        return None
    return moment[found.end("before") : found.end("zone")]


def with_zone(form: str, zone: str) -> str:
    """A format, or several joined by bars, with a zone behind the clock."""
    return CLOCK.sub(lambda clock: clock[0] + zone, form)


def in_utc(local: pd.Series, zones: pd.Series) -> pd.Series:
    """Moments of each row's zone as those of UTC; missing where nobody knows the zone."""
    found = local.copy()
    for zone in zones.unique():
        here = np.flatnonzero(zones == zone)
        found.iloc[here] = _moved(local.iloc[here], str(zone)).to_numpy()
    return found


def _moved(local: pd.Series, zone: str) -> pd.Series:
    """Moments of one zone, such as EST, +0530, GMT-3 or Europe/Berlin, as those of UTC.

    Where a clock was set back, an hour comes twice; its moments count as the second.
    """
    import pandas as pd

    offset = OFFSET.fullmatch(zone)
    if offset is not None:
        hours = int(offset[2]) + int(offset[3] or 0) / 60
        return local - pd.Timedelta(hours=hours if offset[1] == "+" else -hours)
    if zone in HOURS_AHEAD:
        return local - pd.Timedelta(hours=HOURS_AHEAD[zone])
    second = np.zeros(len(local), np.bool_)
    try:
        there = local.dt.tz_localize(zone, ambiguous=second, nonexistent="shift_forward")
    except (KeyError, ValueError):
        return local.where(second)
    moved: pd.Series = there.dt.tz_convert(None)
    return moved
