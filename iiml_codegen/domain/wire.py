"""Frozen types to JSON and back, strictly: an unknown key or a wrong type is an error."""

from __future__ import annotations

from typing import TypeVar, dataclass_transform

import msgspec

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class FrozenMeta(msgspec.StructMeta):
    """Tells type checkers that all subclasses are frozen, as msgspec makes them at run time."""


class Frozen(
    msgspec.Struct, metaclass=FrozenMeta, frozen=True, forbid_unknown_fields=True, kw_only=True
):
    """Base of all domain types: immutable, compared by value, strict when read."""


def to_json(value: object) -> bytes:
    """Readable JSON with a final newline; the same value gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2) + b"\n"


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Parse JSON as `kind`; raises `msgspec.ValidationError` with the path of what is wrong."""
    return msgspec.json.decode(data, type=kind)


def from_plain(value: object, kind: type[T]) -> T:
    """Convert dicts and lists, as the worker answers them, to `kind`."""
    return msgspec.convert(value, type=kind)


def to_plain(value: object) -> object:
    """Dicts, lists and scalars, as the worker reads them."""
    return msgspec.to_builtins(value)
