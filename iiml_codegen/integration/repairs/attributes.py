"""Where an attribute that is gone is written, and what its owner has."""

from __future__ import annotations

import ast

from iiml_codegen.integration.repairs.messages import GoneAttribute
from iiml_codegen.integration.repairs.repair import Facts
from iiml_codegen.integration.repairs.source import (
    ANYWHERE,
    Source,
    bound_modules,
    dotted,
    imported_modules,
)

EVERYDAY = {name for kind in (list, dict, str, set, tuple, float) for name in dir(kind)}
"""What lists, dicts and texts have: elsewhere the same word may be right."""


def places_of(source: Source, gone: GoneAttribute, line: int) -> list[ast.Attribute]:
    """The attributes to mend: all that ask the same of the same owner, else those at the line."""
    named = [n for n in source.nodes_at(ANYWHERE) if asks(n, gone.name)]
    everywhere = [n for n in named if isinstance(n, ast.Attribute)]
    if gone.module:
        names = bound_modules(source.tree)
        return [n for n in everywhere if owner_module(n, names) == gone.module]
    here = [n for n in everywhere if line and n.lineno <= line <= (n.end_lineno or line)]
    ends = [n for n in here if n.end_lineno == line or n.lineno == line]
    return (ends or here or everywhere) if gone.name in EVERYDAY else everywhere


def asks(node: ast.AST, name: str) -> bool:
    """Whether a node asks for this attribute."""
    return isinstance(node, ast.Attribute) and node.attr == name


def owner_module(node: ast.Attribute, names: dict[str, str]) -> str:
    """The module that an attribute is asked of, as it is really called."""
    head, dot, rest = dotted(node.value).partition(".")
    return f"{names.get(head, head)}{dot}{rest}" if head else ""


def offered_by(gone: GoneAttribute, source: Source, line: int, facts: Facts) -> tuple[str, ...]:
    """What the owner has: the module or the class as installed, else what jedi infers."""
    installed = facts.installed
    if installed is None:
        return ()
    if gone.module:
        return installed.members(gone.module)
    if gone.type:
        return installed.members(gone.type, imported_modules(source.text))
    for node in places_of(source, gone, line)[:1]:
        at = source.end(node) - len(node.attr.encode())
        row = source.data[:at].count(b"\n") + 1
        column = len(source.data[source.starts[row - 1] : at].decode())
        return installed.members_at(source.text[: len(source.data[:at].decode())], row, column)
    return ()
