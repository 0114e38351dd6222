"""Writes `vscode-client/src/wire.ts`: `python -m iiml_server.wire_typescript PATH`."""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from iiml_server import wire, wire_models

HEAD = (
    "// Written by `python -m iiml_server.wire_typescript`; "
    "change server/iiml_server/wire.py instead."
)
PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def typescript() -> str:
    """The messages as interfaces, and three maps from methods to their types."""
    interfaces = [interface(kind) for kind in message_types()]
    return "\n\n".join([HEAD, *interfaces, requests(), asked(), notifications()]) + "\n"


def message_types() -> list[type]:
    """The classes of both files, in the order of their writing."""
    named = {**vars(wire_models), **vars(wire)}
    return [kind for kind in named.values() if isinstance(kind, type) and attrs.has(kind)]


def interface(kind: type) -> str:
    """One class with its docstring."""
    lines = [line.strip() for line in (kind.__doc__ or "").strip().splitlines()]
    said = " ".join(line for line in lines if line)
    hints = get_type_hints(kind)
    fields = [f"  {camel(one.name)}{shown(hints[one.name])};" for one in attrs.fields(kind)]
    return "\n".join([f"/** {said} */", f"export interface {kind.__name__} {{", *fields, "}"])


def camel(name: str) -> str:
    """The name on the wire."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def shown(hint: Any) -> str:
    """A field's type behind its name; what may be None may also be left out."""
    optional = type(None) in get_args(hint) and get_origin(hint) in (Union, types.UnionType)
    return f"{'?' if optional else ''}: {named(hint)}"


def named(hint: Any) -> str:
    """A type in TypeScript."""
    if hint in PLAIN:
        return PLAIN[hint]
    if get_origin(hint) is Literal:
        return " | ".join(f'"{value}"' for value in get_args(hint))
    if get_origin(hint) is list:
        inner = named(get_args(hint)[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if get_origin(hint) in (Union, types.UnionType):
        return " | ".join(named(one) for one in get_args(hint))
    return str(hint.__name__)


def requests() -> str:
    """What a client may ask."""
    said = "/** Requests: parameters and result by method. */"
    return "\n".join([said, "export interface Requests {", *pairs(wire.REQUESTS), "}"])


def asked() -> str:
    """What the daemon may ask."""
    said = "/** Requests of the daemon: parameters and result by method. */"
    return "\n".join([said, "export interface Asked {", *pairs(wire.ASKED), "}"])


def pairs(methods: Mapping[str, tuple[type, type]]) -> list[str]:
    """A line for each method, with the types of its parameters and its result."""
    return [
        f'  "{method}": [{params.__name__}, {result.__name__}];'
        for method, (params, result) in methods.items()
    ]


def notifications() -> str:
    """What the daemon tells."""
    rows = [f'  "{method}": {kind.__name__};' for method, kind in wire.NOTIFICATIONS.items()]
    said = "/** Notifications of the daemon: parameters by method. */"
    return "\n".join([said, "export interface Notifications {", *rows, "}"])


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(typescript(), "utf-8")
