"""Numbers as people write them: with thousands marks, decimal commas, signs of money, units."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

MISSING = frozenset(
    """
    - -- — – ? . n/a na nan none null nil missing #n/a n.a. unknown #value! #div/0!
    """.split()  # noqa: SIM905  (a list of quoted words is harder to read)
) | {""}
MONEY = r"[$€£¥₹₽₩¢]|USD|EUR|GBP|CHF|INR|Rs\.?|US\$|R\$|kr\.?|zł"
WRITTEN = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-−+])?\s*"
    rf"(?P<before>{MONEY})?\s*(?P<minus>[-−])?"
    r"(?P<number>\d[\d.,'’ \u00a0\u2009\u202f]*(?:[eE][+-]?\d+)?|[.,]\d+)\s*"
    rf"(?P<after>{MONEY}|%|‰|°[CF]?|[A-Za-zµ]{{1,6}}[²³]?)?\s*(?P<close>\))?"
)
LEADING_ZERO = re.compile(r"[-+]?0\d")
MARKS = ((".", ""), (".", ","), (",", ""), (",", "."), (".", " "), (",", " "), (".", "'"))
SPACES = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "’": "'"})
ENOUGH = 0.98
LEAST = 0.5
FIRST_LOOK = 200
COUNTED = re.compile(r"(st|nd|rd|th|[kmb]|mn|bn)$", re.I)


@dataclass(frozen=True)
class NumberForm:
    """As `domain.profile.NumberForm`: `plain` numbers need nothing but their gaps read as such."""

    decimal: str = "."
    thousands: str = ""
    plain: bool = True


def number_form(values: pd.Series) -> NumberForm | None:
    """How a column of texts writes numbers; None where it does not hold numbers.

    Words for missing values aside, 98 % of the values must be numbers of one form, with one
    currency or unit at most; codes with leading zeros are none.
    """
    present = values.dropna()
    first = set(present.head(FIRST_LOOK).astype(str).str.strip())
    if not first or _form_of(first) is None:
        return None
    counts = Counter(present.astype(str).str.strip())
    missing = sum(count for text, count in counts.items() if text.lower() in MISSING)
    if missing > (1 - LEAST) * len(present):
        return None
    return _form_of(set(counts))


def _form_of(texts: set[str]) -> NumberForm | None:
    known = [text for text in sorted(texts) if text.lower() not in MISSING]
    if not known:
        return None
    plain = sum(map(_is_plain, known))
    if plain >= ENOUGH * len(known) and not any(map(LEADING_ZERO.match, known)):
        return NumberForm()
    found = [matched for text in known if (matched := WRITTEN.fullmatch(text))]
    if len(found) < ENOUGH * len(known) or not _one_unit(found):
        return None
    numbers = [matched["number"].translate(SPACES).strip() for matched in found]
    if any(map(LEADING_ZERO.match, numbers)):
        return None
    for decimal, thousands in MARKS:
        fits = _shape(decimal, thousands).fullmatch
        if sum(fits(number) is not None for number in numbers) >= ENOUGH * len(known):
            return NumberForm(decimal, thousands, plain=False)
    return None


def _is_plain(text: str) -> bool:
    try:
        return np.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


def _one_unit(found: list[re.Match[str]]) -> bool:
    """One sign before and one unit behind at most; parentheses come in pairs."""
    before = {matched["before"] for matched in found} - {None}
    after = {matched["after"] for matched in found} - {None}
    paired = all((matched["open"] is None) == (matched["close"] is None) for matched in found)
    words = any(COUNTED.fullmatch(unit) for unit in after if len(unit) <= 2 and unit.isalpha())
    return len(before) <= 1 and len(after) <= 1 and paired and not words


def _shape(decimal: str, thousands: str) -> re.Pattern[str]:
    """Numbers with these marks; groups have three digits, and the first none but those it needs."""
    whole = rf"[1-9]\d{{0,2}}(?:{re.escape(thousands)}\d{{3}})+|\d{{1,3}}" if thousands else r"\d+"
    return re.compile(rf"(?:{whole})?(?:{re.escape(decimal)}\d*)?(?:[eE][+-]?\d+)?")


def parsed(values: pd.Series, form: NumberForm) -> npt.NDArray[np.float64]:
    """Texts as numbers; what is none is NaN."""
    found = [number_of(str(value), form) for value in values]
    return np.array(found, np.float64)


def number_of(text: str, form: NumberForm) -> float:
    """One text as a number, NaN where it is none."""
    text = text.strip()
    if form.plain:
        return float(text) if _is_plain(text) else float("nan")
    matched = WRITTEN.fullmatch(text)
    if matched is None:
        return float("nan")
    number = matched["number"].translate(SPACES).strip()
    if form.thousands:
        number = number.replace(form.thousands, "")
    try:
        read = float(number.replace(form.decimal, "."))
    except ValueError:
        return float("nan")
    negative = matched["sign"] in ("-", "−") or matched["minus"] or matched["open"]
    return -read if negative else read
