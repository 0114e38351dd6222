"""Which columns an exception says are not there, in the words of pandas 2 and 3 and of sklearn."""

from __future__ import annotations

import ast
import re

MESSAGES = (
    re.compile(r"^\[(?P<names>.+?)\] not (?:in index|found in axis)"),
    re.compile(r"^None of \[Index\(\[(?P<names>.+?)\], dtype"),
    re.compile(r"^None of \[(?P<names>.+?)\] are in the columns"),
    re.compile(r"^Columns? not found: (?P<names>.+)$"),
    re.compile(r"^Label\(s\) \[(?P<names>.+?)\] do not exist"),
    re.compile(r"^The following .+ not (?:columns of|present in) the DataFrame: \[(?P<names>.+)\]"),
    re.compile(r"^Only a column name .+ (?P<names>'[^']+'|\"[^\"]+\") not found in columns"),
    re.compile(r"^Usecols do not match columns.*\[(?P<names>.+?)\]"),
    re.compile(r"^Missing column provided to 'parse_dates': '(?P<names>.+?)'"),
    re.compile(r"^invalid on specified as (?P<names>.+?), must be a column"),
    re.compile(r"^Index (?P<names>\S+) invalid$"),
    re.compile(r"^Some column names are not columns of the dataframe: \{(?P<names>.+)\}"),
)
LISTS = (
    re.compile(r"^\[(?P<names>['\"].+)\]$"),
    re.compile(r"^Index\(\[(?P<names>.+?)\], dtype"),
)
"""Keys of a `KeyError` that are the columns themselves."""
QUOTED = re.compile(r"'([^']+)'|\"([^\"]+)\"")


def missing_columns(kind: str, message: str) -> tuple[str, ...]:
    """The columns that an exception of this type asked for in vain; none for other messages.

    The message of a `KeyError` is its key as Python writes it: a text has quotes around it.
    """
    if kind not in ("KeyError", "ValueError"):
        return ()
    said = unquoted(message) if kind == "KeyError" else message
    for pattern in MESSAGES if said != message or kind == "ValueError" else LISTS:
        if found := pattern.search(said):
            return quoted_names(found["names"])
    return (said,) if said != message else ()


def unquoted(message: str) -> str:
    """The text that a message is the source of; any other message as it is."""
    try:
        said = ast.literal_eval(message) if message[:1] in "'\"" else message
    except (SyntaxError, ValueError):
        return message
    return said if isinstance(said, str) and said else message


def quoted_names(names: str) -> tuple[str, ...]:
    """Names between quotes; all of it where nothing is quoted."""
    return tuple(single or double for single, double in QUOTED.findall(names)) or (names,)
