"""Which class of fault an exception is, and the names that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from iiml_codegen.domain.fault import FaultClass
from iiml_codegen.integration.column_messages import missing_columns
from iiml_codegen.integration.trace import Trace


@dataclass(frozen=True)
class Sign:
    """Exceptions of these types, or of any, whose message matches are of this class.

    Groups of the pattern are names.
    """

    kind: FaultClass
    types: tuple[str, ...]
    pattern: str = ""


QUOTED = r"'([^']+)'"
GPU = (
    r"CUDA|cuDNN|OpenCL|NVIDIA driver|GPU Tree Learner|no CUDA-capable|device ordinal|no GPU|"
    r"not compiled with (?:CUDA|GPU)|HIP error|MPS backend|GPU is not|GPU support|devices? .*gpu"
)
MEMORY = r"Unable to allocate|out of memory|bad_alloc|Cannot allocate memory|bad allocation"
NO_SPACE = (28, 122, 30)
"""ENOSPC, EDQUOT, EROFS."""
ANY = ()
SIGNS = (
    Sign("syntax", ("SyntaxError", "IndentationError", "TabError")),
    Sign("memory", ANY, MEMORY),
    Sign("memory", ("MemoryError", "ArrayMemoryError", "OutOfMemoryError")),
    Sign(
        "disk",
        ANY,
        r"No space left on device|Disk quota exceeded|Read-only file system|disk is full",
    ),
    Sign("gpu", ANY, GPU),
    Sign("missing_dependency", ("ModuleNotFoundError",), rf"No module named {QUOTED}"),
    Sign("incompatible_api", ("ImportError",), rf"cannot import name {QUOTED}"),
    Sign("missing_dependency", ("ImportError",), r"[Mm]issing optional dependency '([^']+)'"),
    Sign("missing_dependency", ("ImportError",)),
    Sign("undefined_name", ("NameError", "UnboundLocalError"), rf"{QUOTED}"),
    Sign("undefined_name", ("NameError", "UnboundLocalError")),
    Sign("path", ("FileNotFoundError", "OSError"), rf"No such file or directory: {QUOTED}"),
    Sign(
        "path", ("FileNotFoundError", "NotADirectoryError", "IsADirectoryError", "FileExistsError")
    ),
    Sign("disk", ("PermissionError",), r"may not do this \(write\)(?:: '([^']+)')?"),
    Sign("disk", ("OSError",), rf"save file into a non-existent directory: {QUOTED}"),
    Sign("forbidden_read", ("PermissionError",), r"(?:: '([^']+)')?$"),
    Sign("timeout", ("TimeoutError",)),
    Sign("incompatible_api", ("TypeError",), rf"unexpected keyword argument {QUOTED}"),
    Sign("incompatible_api", ("TypeError",), rf"invalid keyword argument.*?{QUOTED}"),
    Sign(
        "incompatible_api", ("TypeError",), rf"multiple values for (?:keyword )?argument {QUOTED}"
    ),
    Sign(
        "incompatible_api",
        ("TypeError",),
        r"missing \d+ required|positional arguments? but|takes no|got some positional-only",
    ),
    Sign("preprocessing", ("AttributeError", "TypeError"), r"'NoneType' object"),
    Sign("preprocessing", ("TypeError",), r"argument of type 'NoneType'"),
    Sign("incompatible_api", ("AttributeError",), rf"has no attribute {QUOTED}"),
    Sign("incompatible_api", ("InvalidParameterError",), rf"{QUOTED} parameter"),
    Sign(
        "incompatible_api",
        ANY,
        r"[Uu]nknown (?:parameter|objective|metric|loss|argument|option|tree_method|booster)|"
        r"[Ii]nvalid (?:parameter|value for parameter|argument)|[Ii]nvalid .*?value for|"
        r"not (?:a )?supported (?:parameter|objective|metric|loss)|"
        r"unrecognized (?:parameter|option)",
    ),
    Sign("submission_format", ("ValueError",), r"answers for \d+ test rows"),
    Sign("dtype", ("ValueError",), rf"could not convert string to float: {QUOTED}"),
    Sign("dtype", ("ValueError",), r"Unable to parse string \"([^\"]+)\""),
    Sign(
        "dtype",
        ("TypeError",),
        r"data type .* not understood|[Cc]annot interpret .* as a data type",
    ),
    Sign(
        "dtype",
        ("ValueError", "TypeError", "CatBoostError", "XGBoostError"),
        r"could not convert|[Cc]annot convert|non-numeric|[Cc]annot perform|invalid literal for",
    ),
    Sign(
        "dtype",
        ANY,
        r"dtypes? (?:for data )?must be|dtype->|[Bb]ad pandas dtypes|Invalid dtype|"
        r"of type .* must be|must be (?:real number|integer|string)|ufunc .* not supported|"
        r"enable_categorical|does not support (?:reduction|operation)|wrong type",
    ),
    Sign(
        "dtype",
        ("TypeError", "IndexError"),
        r"unsupported operand type|not supported between instances|can only concatenate|"
        r"arrays used as indices must be|resolved dtypes are not compatible|"
        r"must be str|expected str|has no len|not subscriptable|not iterable|bad operand",
    ),
    Sign("dtype", ("AttributeError",), r"Can only use \.\w+ accessor"),
    Sign(
        "dtype", ANY, r"Invalid classes inferred|Unknown label type|[Ll]abel must be|labels outside"
    ),
    Sign(
        "shape",
        ANY,
        r"inconsistent numbers? of samples|not aligned|could not be broadcast|Length mismatch"
        r"|Length of|[Ee]xpected \dD array|expected .* features|features, but|number of features|"
        r"dimension|shape|same length|same size|[Ll]engths? (?:of|must|do)|feature_names mismatch|"
        r"[Ff]eature names|number of columns|of labels|label.*size|incompatible row|"
        r"must match|too many indices|is not unique|duplicate labels|cannot reindex",
    ),
    Sign("shape", ("IndexError",)),
    Sign(
        "preprocessing",
        ANY,
        r"contains? (?:NaN|infinity)|not numbers|Input .* NaN|NaN|non-finite|[Ii]nfinite",
    ),
    Sign("preprocessing", ("ZeroDivisionError", "FloatingPointError", "OverflowError")),
    Sign("path", ("UnicodeDecodeError", "ParserError", "EmptyDataError", "BadZipFile")),
    Sign("disk", ("OperationalError",), r"locked|disk I/O|readonly|unable to open"),
    Sign("lost", ("BrokenProcessPool", "TerminatedWorkerError")),
    Sign("preprocessing", ("RecursionError",)),
)


def classify(trace: Trace, columns: Sequence[str]) -> tuple[FaultClass, tuple[str, ...]]:
    """The class of the last exception and the names in its message.

    Where it says nothing, those that led to it are asked.
    """
    for one in (trace, *trace.earlier):
        kind, names = classified(one)
        if kind != "unknown":
            return kind, names
    if trace.type in ("ValueError", "TypeError", "KeyError", "AssertionError", "RuntimeError"):
        in_library = bool(trace.frames) and trace.frames[-1].own is False
        named = tuple(name for name in columns if f"'{name}'" in trace.message)
        return ("unknown" if in_library or not trace.frames else "preprocessing"), named
    return "unknown", tuple(name for name in columns if f"'{name}'" in trace.message)


def classified(trace: Trace) -> tuple[FaultClass, tuple[str, ...]]:
    """What one exception says by itself."""
    names = missing_columns(trace.type, trace.message)
    if names:
        in_pandas = any("pandas" in frame.file for frame in trace.frames)
        return ("unknown_column" if in_pandas else "preprocessing"), names
    if trace.errno in NO_SPACE:
        return "disk", ()
    for sign in SIGNS:
        found = re.search(sign.pattern, trace.message)
        if found and (not sign.types or trace.type in sign.types):
            told = tuple(group for group in found.groups() if group)
            return sign.kind, told or ((trace.name,) if trace.name else ())
    return "unknown", ()
