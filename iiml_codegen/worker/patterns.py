"""Structure inside strings: names with titles, letters before numbers, parts, lists; text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .text_lists import holds_texts, joined

if TYPE_CHECKING:
    import pandas as pd

TITLE = r"^[^,.]{1,60},\s*[A-Za-z'-]+(?: [A-Za-z'-]+)?\."
NUMBERED = r"^(?:[A-Za-z][A-Za-z./]*|[A-Za-z][\w./ ]*\s)?\d+$|^[A-Za-z]\d+(?: [A-Za-z]\d+)+$"
LIST = r"^\s*\[.*\]\s*$"
SEPARATORS = ("/", "_", "|", ";", "-", ":")
LOOKED_AT = 2_000
ENOUGH = 0.5
ENOUGH_PARTS = 0.9
LETTERS = 0.05


def title_share(text: pd.Series) -> float:
    """Share of values such as "Surname, Title. Given"."""
    return _share(text, TITLE)


def _share(text: pd.Series, pattern: str) -> float:
    looked_at = text.head(LOOKED_AT)
    return float(looked_at.str.contains(pattern, regex=True).mean()) if len(looked_at) else 0.0


def lists_texts(text: pd.Series) -> bool:
    """Whether values are lists of long texts, no tags."""
    return _share(text, LIST) >= ENOUGH_PARTS and holds_texts(text)


def string_patterns(text: pd.Series) -> list[dict[str, Any]]:
    """Plain `StringPattern`s that most of the present values share."""
    listed = _share(text, LIST)
    if listed >= ENOUGH_PARTS:
        kind = "text_list" if lists_texts(text) else "list"
        return [{"kind": kind, "share": listed}]
    found: list[dict[str, Any]] = []
    titled = title_share(text)
    if titled >= ENOUGH:
        found.append({"kind": "title", "share": titled, "separator": ","})
    numbered = _share(text, NUMBERED)
    if numbered >= ENOUGH and _share(text, "[A-Za-z]") >= LETTERS:
        found.append({"kind": "prefix_number", "share": numbered})
    for separator in SEPARATORS:
        share = _parts_share(text, separator)
        if share >= ENOUGH_PARTS:
            found.append({"kind": "parts", "share": share, "separator": separator})
    return found


def _parts_share(text: pd.Series, separator: str) -> float:
    """Share of values that split into the usual number of parts; 0 if that number is one."""
    parts = text.head(LOOKED_AT).str.count(rf"\{separator}")
    usual = parts.mode()
    if not len(usual) or usual.iloc[0] == 0:
        return 0.0
    return float((parts == usual.iloc[0]).mean())


def text_traits(text: pd.Series, distinct: int) -> dict[str, Any]:
    """Plain `TextTraits` of free text: sizes, and how its characters are written.

    Of lists of texts the first ones are measured, with their items joined.
    """
    share = float(distinct / len(text))
    if lists_texts(text):
        text = joined(text.head(LOOKED_AT))
    looked_at = text.head(LOOKED_AT)
    letters = looked_at.str.count("[A-Za-z]").sum()
    escapes = looked_at.str.contains(r"\\(?:n|t|r|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})", regex=True)
    quoted = looked_at.str.startswith('"') & looked_at.str.endswith('"')
    return {
        "mean_characters": float(text.str.len().mean()),
        "mean_words": float(looked_at.str.count(r"\S+").mean()),
        "distinct_share": share,
        "uppercase_share": float(looked_at.str.count("[A-Z]").sum() / max(letters, 1)),
        "escape_share": float(escapes.mean()),
        "quoted_share": float(quoted.mean()),
    }
