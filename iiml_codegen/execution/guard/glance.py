"""A glance at a value: type, shape, columns, gaps, for a crash record. Nothing is imported for it.

Only values of well-known libraries are asked for anything, and only within limits of size and
time: whatever a person's own class would compute when asked is never run. Cells of data are not
copied, but for the smallest and largest number and short single values.
"""

from __future__ import annotations

import itertools
import math
import re
import time
from collections import Counter
from typing import Any

LIBRARIES = ("numpy", "pandas", "scipy", "torch", "polars")
ESTIMATORS = ("sklearn", "lightgbm", "xgboost", "catboost")
SECRET = re.compile(
    r"(api|access|private|auth)_?key|(^|_)token$|secret|passw|credential|environ", re.IGNORECASE
)
MOST_COLUMNS = 60
MOST_ITEMS = 12
MOST_LETTERS = 80
MOST_CELLS = 2_000_000
Glance = dict[str, Any]


class Clock:
    """How long may still be spent on looking."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def over(self) -> bool:
        """Whether time is up: from then on only types are told."""
        return time.monotonic() > self._end


def glance(name: str, value: Any, clock: Clock, *, deep: bool = True) -> Glance:
    """What a variable holds, in a few plain facts; never raises. `deep` counts gaps and levels."""
    told: Glance = {"name": cut(name), "type": type(value).__name__}
    if SECRET.search(name) or clock.over():
        return told
    try:
        told.update(facts(value, clock, deep))
    except Exception as error:  # noqa: BLE001  (whatever a library does when it is asked)
        told["shown"] = f"({type(error).__name__} when looked at)"
    return told


def facts(value: Any, clock: Clock, deep: bool) -> Glance:
    """The facts by what the value looks like."""
    root = type(value).__module__.partition(".")[0]
    if root in LIBRARIES and hasattr(value, "shape"):
        return table(value, deep) if hasattr(value, "columns") else array(value, deep)
    if root in ESTIMATORS:
        return estimator(value)
    if isinstance(value, dict):
        return mapping(value, clock)
    if isinstance(value, (list, tuple, set, frozenset)):
        return sequence(value, clock)
    return {"shown": cut(str(value) if root == "pathlib" else repr(value))} if scalar(value) else {}


def table(value: Any, deep: bool) -> Glance:
    """A frame: columns, types, gaps and where they are."""
    names = [cut(str(name)) for name in itertools.islice(value.columns, MOST_COLUMNS)]
    kinds = [str(kind) for kind in value.dtypes]
    told: Glance = {"shape": [int(n) for n in value.shape], "columns": names}
    told["dtype"] = ", ".join(f"{kind} x {n}" for kind, n in Counter(kinds).most_common(6))
    numeric = ("int", "uint", "float", "bool", "Int", "UInt", "Float")
    pairs = zip(names, kinds, strict=False)
    told["not_numbers"] = [name for name, kind in pairs if not kind.startswith(numeric)]
    texts = zip(names, kinds, strict=False)
    told["texts"] = [name for name, kind in texts if kind.startswith(("object", "str"))]
    if deep and math.prod(told["shape"]) <= MOST_CELLS:
        gaps = [int(n) for n in value.isna().sum().tolist()]
        told["missing"] = sum(gaps)
        told["missing_in"] = [name for name, n in zip(names, gaps, strict=False) if n]
    return told


def array(value: Any, deep: bool) -> Glance:
    """An array, a series, a sparse table or a tensor: type, range, gaps, levels."""
    told: Glance = {"shape": [int(n) for n in value.shape], "dtype": cut(str(value.dtype))}
    if not told["shape"]:
        return told | {"shown": cut(repr(value))}
    categories = getattr(getattr(value, "dtype", None), "categories", None)
    if categories is not None:
        told["levels"] = len(categories)
    if hasattr(value, "isna") and deep and math.prod(told["shape"]) <= MOST_CELLS:
        told["missing"] = int(value.isna().sum())
    if type(value).__name__ in ("ndarray", "Series") and deep:
        told.update(numbers(value))
    return told


def numbers(value: Any) -> Glance:
    """Range and odd cells of an array of numbers that is not too large."""
    kind = getattr(value.dtype, "kind", "")
    if kind not in "biuf" or not 0 < value.size <= MOST_CELLS:
        return {}
    flat = value.reshape(-1) if hasattr(value, "reshape") else value.to_numpy()
    told: Glance = {}
    if kind == "f":
        gaps = int((flat != flat).sum())
        endless = int((abs(flat) == math.inf).sum())
        told = {"missing": gaps, "infinite": endless}
        flat = flat[abs(flat) < math.inf]
    if flat.size:
        told |= {"low": float(flat.min()), "high": float(flat.max())}
    return told


def estimator(value: Any) -> Glance:
    """What a fitted estimator was fitted on, as far as it wrote that down."""
    known = vars(value)
    told: Glance = {}
    if isinstance(known.get("n_features_in_"), int):
        told["shown"] = f"fitted on {known['n_features_in_']} features"
    return told


def sequence(value: Any, clock: Clock) -> Glance:
    """A list, tuple or set: its length, its first values if they are plain, else its tables."""
    some = list(itertools.islice(value, MOST_ITEMS))
    told: Glance = {"length": len(value)}
    if all(map(plain, some)):
        return told | {"shown": listed(some)}
    tables = [(n, one) for n, one in enumerate(some) if is_table(one)]
    return told | {"items": [glance(f"[{n}]", one, clock, deep=False) for n, one in tables]}


def is_table(value: Any) -> bool:
    """Whether a value is a library's table or array."""
    return type(value).__module__.partition(".")[0] in LIBRARIES


def mapping(value: dict[Any, Any], clock: Clock) -> Glance:
    """A dict: its keys where they are names, and what they lead to."""
    told: Glance = {"length": len(value)}
    keys = list(itertools.islice(value, MOST_ITEMS))
    if all(isinstance(key, str) for key in keys) and type(value) is dict:
        told["keys"] = [cut(key) for key in keys]
        told["items"] = [
            glance(key, value[key], clock, deep=False) for key in keys if is_table(value[key])
        ]
    return told


def plain(value: Any) -> bool:
    """Whether a value is short and of a built-in type."""
    return value is None or type(value) in (bool, int, float, str)


def scalar(value: Any) -> bool:
    """Whether a value says what it is in one word."""
    root = type(value).__module__.partition(".")[0]
    return plain(value) or root == "pathlib" or (root == "numpy" and not hasattr(value, "__len__"))


def listed(values: list[Any]) -> str:
    """The first values, each cut."""
    return cut(", ".join(repr(value)[:MOST_LETTERS] for value in values), 4 * MOST_LETTERS)


def cut(text: str, most: int = MOST_LETTERS) -> str:
    """At most so many characters, all of which can be written down."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= most else f"{text[: most - 1]}…"
