"""Which class of fault an exception is, and the names that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from iiml_codegen.domain.fault import FaultClass
from iiml_codegen.integration.traceback_text import Trace


@dataclass(frozen=True)
class Sign:
    """Exceptions of these types whose message matches are of this class; groups are names."""

    kind: FaultClass
    types: tuple[str, ...]
    pattern: str = ""


QUOTED = r"'([^']+)'"
SIGNS = (
    Sign("syntax", ("SyntaxError", "IndentationError", "TabError")),
    Sign("missing_dependency", ("ModuleNotFoundError",), rf"No module named {QUOTED}"),
    Sign("incompatible_api", ("ImportError",), rf"cannot import name {QUOTED}"),
    Sign("missing_dependency", ("ImportError",)),
    Sign("path", ("FileNotFoundError",), rf"No such file or directory: {QUOTED}"),
    Sign("path", ("FileNotFoundError", "NotADirectoryError", "IsADirectoryError")),
    Sign("forbidden_read", ("PermissionError",)),
    Sign("memory", ("MemoryError", "ArrayMemoryError", "OutOfMemoryError")),
    Sign("timeout", ("TimeoutError",)),
    Sign("incompatible_api", ("TypeError",), rf"unexpected keyword argument {QUOTED}"),
    Sign("incompatible_api", ("TypeError",), r"missing \d+ required|positional arguments? but"),
    Sign("incompatible_api", ("AttributeError",), rf"has no attribute {QUOTED}"),
    Sign("submission_format", ("ValueError",), r"answers for \d+ test rows"),
    Sign("dtype", ("ValueError",), rf"could not convert string to float: {QUOTED}"),
    Sign("dtype", ("ValueError", "TypeError"), r"could not convert|[Cc]annot convert|non-numeric"),
    Sign(
        "dtype",
        ("ValueError", "TypeError"),
        r"dtypes? (?:for data )?must be|dtype->|Bad pandas dtypes",
    ),
    Sign("dtype", ("TypeError",), r"unsupported operand type|not supported between instances"),
    Sign("shape", ("ValueError", "IndexError"), r"inconsistent numbers of samples|not aligned"),
    Sign("shape", ("ValueError",), r"could not be broadcast|Length of values|Expected \dD array"),
    Sign(
        "shape",
        ("ValueError", "LightGBMError"),
        r"expecting \d+ features|number of features|dimension",
    ),
    Sign("preprocessing", ("ValueError",), r"contains? (?:NaN|infinity)|not numbers|Input .* NaN"),
)
COLUMN_MESSAGES = (
    re.compile(r"^\"?\[(?P<many>.+?)\] not (?:in index|found in axis)"),
    re.compile(r"^\"None of \[Index\(\[(?P<many>.+?)\]"),
    re.compile(r"Usecols do not match columns.*\[(?P<many>.+?)\]"),
    re.compile(r"Missing column provided to 'parse_dates': '(?P<many>.+?)'"),
    re.compile(r"^(?P<one>'[^']+'|\"[^\"]+\")$"),
)


def classify(trace: Trace, columns: Sequence[str]) -> tuple[FaultClass, tuple[str, ...]]:
    """The class of the last exception and the names in its message."""
    names = unknown_columns(trace)
    if names:
        in_pandas = any("pandas" in frame.file for frame in trace.frames)
        return ("unknown_column" if in_pandas else "preprocessing"), names
    if "Unable to allocate" in trace.message:
        return "memory", ()
    for sign in SIGNS:
        found = re.search(sign.pattern, trace.message) if trace.type in sign.types else None
        if found:
            return sign.kind, tuple(group for group in found.groups() if group)
    return "unknown", tuple(name for name in columns if f"'{name}'" in trace.message)


def unknown_columns(trace: Trace) -> tuple[str, ...]:
    """Names that a table was asked for in vain."""
    if trace.type not in ("KeyError", "ValueError"):
        return ()
    for pattern in COLUMN_MESSAGES:
        found = pattern.search(trace.message)
        if found and "many" in pattern.groupindex:
            return tuple(re.findall(r"['\"]([^'\"]+)['\"]", found["many"])) or (found["many"],)
        if found and trace.type == "KeyError":
            return (found["one"][1:-1],)
    return ()
