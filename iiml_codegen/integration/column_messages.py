"""Which columns an exception says are not there, in the words of pandas 2 and 3 and of sklearn."""

from __future__ import annotations

import re
from collections.abc import Sequence

from iiml_codegen.syntax import literal_value

MESSAGES = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"^\[(?P<names>.+?)\] not (?:in index|found in axis)",
        r"^None of \[Index\(\[(?P<names>.+?)\],\s+dtype",
        r"^None of \[(?P<names>.+?)\] are in the columns",
        r"^Columns? not found: (?P<names>.+)$",
        r"^Label\(s\) \[(?P<names>.+?)\] do not exist",
        r"^The following .+ not (?:columns of|present in) the DataFrame: \[(?P<names>.+)\]",
        r"^Only a column name .+ (?P<names>'[^']+'|\"[^\"]+\") not found in columns",
        r"^Usecols do not match columns.*\[(?P<names>.+?)\]",
        r"^Missing column provided to 'parse_dates': '(?P<names>.+?)'",
        r"^invalid on specified as (?P<names>.+?), must be a column",
        r"^Index (?P<names>\S+) invalid$",
        r"^Some column names are not columns of the dataframe: \{(?P<names>.+)\}",
    )
)
LISTS = (
    re.compile(r"\A\[(?P<names>['\"].+)\]$", re.MULTILINE),
    re.compile(r"^Index\(\[(?P<names>.+?)\],\s+dtype", re.DOTALL),
)
"""Keys of a `KeyError` that are the columns themselves; pandas breaks long lines of an index."""
QUOTED = re.compile(r"'([^']+)'|\"([^\"]+)\"")


def missing_columns(kind: str, message: str) -> tuple[str, ...]:
    """The columns that an exception of this type asked for in vain; none for other messages.

    The message of a `KeyError` is its key as Python writes it: a text is on one line, with quotes
    around it. In a log, other lines may follow.
    """
    if kind == "ValueError":
        return found_in(message, MESSAGES)
    if kind != "KeyError":
        return ()
    said = unquoted(message.partition("\n")[0].rstrip())
    return found_in(message, LISTS) if said is None else found_in(said, MESSAGES) or (said,)


def found_in(message: str, patterns: Sequence[re.Pattern[str]]) -> tuple[str, ...]:
    """The names that the first pattern that matches finds."""
    found = (pattern.search(message) for pattern in patterns)
    return next((quoted_names(match["names"]) for match in found if match), ())


def unquoted(source: str) -> str | None:
    """The text that a literal is; None for one that is empty, and for what is no text."""
    try:
        said = literal_value(source) if source[:1] in ("'", '"') else None
    except (SyntaxError, ValueError):
        return None
    return said if isinstance(said, str) and said else None


def quoted_names(names: str) -> tuple[str, ...]:
    """Names between quotes; all of it where nothing is quoted."""
    return tuple(single or double for single, double in QUOTED.findall(names)) or (names,)
