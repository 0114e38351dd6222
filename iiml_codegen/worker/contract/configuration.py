"""Configuration objects: the keys that a model reads, their types and their ranges."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from .delivery import Breach, Clause, Delivery, breach, named
from .values import limits

TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "bool": (bool,),
    "list": (list, tuple),
    "dict": (dict,),
}


def check_settings(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """Each key that the clause lists is there and is as it says."""
    seen, wanted = delivery.seen[clause["output"]], clause.get("settings", {})
    if seen.kind != "config" or not wanted:
        return
    have = settings_of(delivery.outputs[seen.output])
    lacking = [key for key in wanted if key not in have]
    if lacking:
        message = f"`{seen.output}` lacks settings{named(lacking)}"
        yield breach("IIML323", clause, message, lacking, f"it has{named(sorted(have)) or ' none'}")
    for key, setting in wanted.items():
        wrong = complaint(have[key], setting) if key in have else ""
        if wrong:
            message = f"`{seen.output}` has the setting {key} = {have[key]!r}, {wrong}"
            yield breach("IIML324", clause, message, [key], f"it is a {type(have[key]).__name__}")


def settings_of(value: Any) -> dict[str, Any]:
    """The fields of a dict or of a dataclass."""
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return {str(key): item for key, item in value.items()}


def complaint(value: Any, setting: dict[str, Any]) -> str:
    """What is wrong with one value; empty if nothing is."""
    wanted = setting.get("type")
    if wanted and not is_a(value, wanted):
        return f"which is no {wanted}"
    bounds = setting.get("bounds")
    if bounds and is_a(value, "float") and not between(value, bounds):
        return f"not {limits(bounds)}"
    choices = setting.get("one_of")
    if choices and value not in choices:
        return f"none of{named(choices)[1:]}"
    return ""


def is_a(value: Any, wanted: str) -> bool:
    """Types as people mean them: True is no number, and a numpy number is one."""
    plain = value.item() if hasattr(value, "item") and not hasattr(value, "__len__") else value
    if wanted != "bool" and isinstance(plain, bool):
        return False
    return isinstance(plain, TYPES[wanted])


def between(value: float, bounds: list[float | None]) -> bool:
    """Within bounds, ends included."""
    low, high = bounds
    return (low is None or low <= value) and (high is None or value <= high)
