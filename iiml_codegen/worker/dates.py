"""Points in time: which format a column of dates has, and how rows lie in time."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from . import zones
from .tables.cells import column_texts

if TYPE_CHECKING:
    import pandas as pd

Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
EARLIEST, LATEST = 1900, 2100
ENOUGH = 0.95
CHECKED_VALUES = 2_000
FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d",
    "%Y%m%d%H%M%SZ",
    "%Y%m%d%H%M%S",
    "%Y%m%d",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m/%d/%y",
    "%d/%m/%y",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%d %H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%b %d, %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%B %d, %Y",
    "%Y-%m",
    "%Y/%m",
    "%Y-%m-%dT%H:%M",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %Y %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S",
)
DIGIT = re.compile(r"\d")
TOGETHER = " | "
MOST_FORMATS = 8
LONGEST = 100
FEW_MOMENTS = 2
WORTH_A_FORMAT = 0.02
DAY = 86_400.0


def date_format(values: pd.Series) -> str | None:
    """The first known format that nearly all rows have; None for anything but dates.

    Of two formats that swap day and month the one that reads more rows wins. Several formats
    that only together read nearly all rows are joined by " | ", the most frequent one first.
    Where zones of several kinds stand behind the clock, the format has %Z there.
    """
    present = values.dropna()
    if not len(present) or not _looks_dated(str(present.iloc[0])):
        return None
    text, rows = _distinct(present)
    return _plain_format(text, rows) or _zoned_format(text, rows)


def _plain_format(text: pd.Series, rows: Positions) -> str | None:
    """As `date_format`, of texts without a zone or with one that a known format has."""
    best, most = None, ENOUGH * rows.sum()
    for form in FORMATS:
        read = rows[_read(text, form)].sum()
        if read > most or (best is None and read >= most):
            best, most = form, read
        if best is not None and most == rows.sum():
            return best
    return best or _formats_together(text, rows)


def _distinct(present: pd.Series) -> tuple[pd.Series, Positions]:
    """Different values as texts, with their numbers of rows; of many some from the whole column.

    A single day after the twelfth tells it from a month, wherever it stands.
    """
    import pandas as pd

    codes, values = pd.factorize(present)
    rows = np.bincount(codes)
    places = np.arange(len(values))
    if len(values) > CHECKED_VALUES:
        places = np.linspace(0, len(values) - 1, CHECKED_VALUES).astype(np.int64)
    found = pd.Series(values[places])
    text = column_texts(found) if found.dtype.kind == "M" else found.astype(str)
    return text, rows[places].astype(np.int64)


def _zoned_format(text: pd.Series, rows: Positions) -> str | None:
    """The format of moments with zones: the one zone of all, %z for offsets, %Z for any others."""
    zone = zones.gap_and_zone(str(text.iloc[0]))
    if zone is None:
        return None
    form = _plain_format(zones.split(text)[0].fillna(""), rows)
    if form is None:
        return None
    any_zone = zones.with_zone(form, zones.MARK)
    read = rows[_dated(text, any_zone)].sum()
    if read < ENOUGH * rows.sum():
        return None
    gap = zone[: len(zone) - len(zone.lstrip())]
    universal = [zone] if zones.HOURS_AHEAD.get(zone.strip()) == 0 else []
    for written in [] if TOGETHER in form else [*universal, f"{gap}%z"]:
        known = zones.with_zone(form, written)
        if rows[_dated(text, known)].sum() >= read:
            return known
    return any_zone


def _formats_together(text: pd.Series, rows: Positions) -> str | None:
    """Formats of a column that mixes several; never two that take day and month in turn."""
    total, chosen = rows.sum(), list[str]()
    while rows.sum() > (1 - ENOUGH) * total and len(chosen) < MOST_FORMATS:
        read = {form: _read_by(text, form) for form in _open_to(chosen)}
        best = max(read, key=lambda form: int(rows[read[form]].sum()))
        if rows[read[best]].sum() < max(1.0, WORTH_A_FORMAT * total):
            return None
        chosen.append(best)
        text, rows = text[~read[best]].reset_index(drop=True), rows[~read[best]]
    return TOGETHER.join(chosen) if rows.sum() <= (1 - ENOUGH) * total else None


def _open_to(chosen: list[str]) -> list[str]:
    """Formats that may join: none with a zone, and none that swaps day and month of another."""
    swaps = {form.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m") for form in chosen}
    return [f for f in FORMATS if "%z" not in f and f not in chosen and f not in swaps]


def _read_by(text: pd.Series, form: str) -> Mask:
    """Which texts are dates of one format."""
    fits = text.map(lambda value: _fits(str(value), form)).astype(bool)
    return _dated(text.where(fits), form)


def _dated(text: pd.Series, form: str) -> Mask:
    """Which texts a format reads as a date of our times."""
    years = parse_dates(text, form).dt.year
    return np.asarray((years >= EARLIEST) & (years <= LATEST), np.bool_)


def _looks_dated(first: str) -> bool:
    """Cheap refusal: without a zone dates have 6 to 35 characters, and four digits or more."""
    first = zones.without_zone(first[:LONGEST])
    return 6 <= len(first) <= 35 and len(DIGIT.findall(first)) >= 4


def _read(text: pd.Series, form: str) -> Mask:
    """As `_read_by`, but none where the first text has other marks."""
    if not _fits(str(text.iloc[0]), form):
        return np.zeros(len(text), np.bool_)
    return _dated(text, form)


@cache
def _marks(form: str) -> str:
    return re.sub(r"%[a-zA-Z]", "", form).replace("Z", "")


def _fits(value: str, form: str) -> bool:
    """Same marks between the numbers, so that most formats are refused without parsing."""
    return all(mark in value for mark in _marks(form)) and ("Z" in form) == value.endswith("Z")


def parse_dates(values: pd.Series, form: str) -> pd.Series:
    """Moments of UTC where zones are written; what does not parse is missing.

    `form` may join several. What has the type of moments is read to the second, as it is written.
    """
    import pandas as pd

    if values.dtype.kind == "M":
        return pd.to_datetime(values, utc=True).dt.tz_localize(None).dt.floor("s")
    codes, distinct = pd.factorize(values)
    if FEW_MOMENTS * len(distinct) < len(values):
        known = parse_dates(pd.Series(distinct, dtype=values.dtype), form)
        found: pd.Series = known.reindex(codes).set_axis(values.index)
        return found
    first, *others = form.split(TOGETHER)
    if others:
        found = parse_dates(values, first)
        for other in others:
            found = found.where(found.notna(), parse_dates(values, other))
        return found
    text = values.astype("object").where(values.notna(), None)
    text = text.map(lambda value: None if value is None else str(value))
    if zones.MARK in form:
        local, named = zones.split(text)
        return zones.in_utc(parse_dates(local, form.replace(zones.MARK, "")), named)
    moments = pd.to_datetime(
        text,
        format=form,
        errors="coerce",
        utc=True,
    )
    plain: pd.Series = moments.dt.tz_localize(None)
    return plain


def as_numbers(values: pd.Series, form: str | None) -> npt.NDArray[np.float64]:
    """A time column as numbers that grow with time; NaN where there is none.

    `form` is its date format, None for a column of numbers.
    """
    import pandas as pd

    if form is None:
        return np.asarray(pd.to_numeric(values, errors="coerce"), np.float64)
    moments = parse_dates(values, form)
    return np.asarray((moments - pd.Timestamp("1970-01-01")).dt.total_seconds(), np.float64)


def ranks(train: pd.Series, test: pd.Series | None) -> tuple[Positions, int]:
    """Ranks of training rows in time (ties share one), and the usual run of test rows between.

    Rows without a time come first. Both tables are read in one format, found on both together.
    """
    moments, _ = _moments_of_both(train, test)
    first = np.nan_to_num(moments[: len(train)], nan=-np.inf)
    order = np.unique(first, return_inverse=True)[1].reshape(-1).astype(np.int64)
    runs = test_runs(first, moments[len(train) :])
    return order, max(1, int(np.median(runs))) if len(runs) else max(1, len(train) // 20)


def moments_of(train: pd.Series, test: pd.Series | None) -> tuple[npt.NDArray[np.float64], bool]:
    """Moments of training rows as numbers, and whether they are seconds of dates."""
    moments, dated = _moments_of_both(train, test)
    return moments[: len(train)], dated


def _moments_of_both(
    train: pd.Series, test: pd.Series | None
) -> tuple[npt.NDArray[np.float64], bool]:
    import pandas as pd

    both = train if test is None else pd.concat([train, test], ignore_index=True)
    form = _form_of(both)
    return as_numbers(both, form), form is not None


def _form_of(values: pd.Series) -> str | None:
    import pandas as pd

    return None if pd.api.types.is_float_dtype(values.dtype) else date_format(values)


def test_runs(
    train: npt.NDArray[np.float64], test: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Lengths of unbroken runs of test rows when all rows are sorted by time."""
    both = np.concatenate([train, test])
    is_test = np.concatenate([np.zeros(len(train), np.int64), np.ones(len(test), np.int64)])
    known = np.isfinite(both)
    sorted_flags = is_test[known][np.argsort(both[known], kind="stable")]
    edges = np.diff(np.concatenate([[0], sorted_flags, [0]]))
    return (np.flatnonzero(edges < 0) - np.flatnonzero(edges > 0)).astype(np.int64)
