"""Import statements: where names come from, and edits of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.repairs.source import Change, Source

Imports = ast.Import | ast.ImportFrom


def imports_of(source: Source, module: str) -> Iterator[Imports]:
    """Import statements of a module or of what lies in it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            if any(within(alias.name, module) for alias in node.names):
                yield node
        elif isinstance(node, ast.ImportFrom) and within(node.module or "", module):
            yield node


def within(name: str, module: str) -> bool:
    """Whether a dotted name is a module or lies in it."""
    return f"{name}.".startswith(f"{module}.")


def bound_by(node: Imports, alias: ast.alias) -> str:
    """The name that one part of an import binds."""
    name = alias.asname or alias.name
    return name if isinstance(node, ast.ImportFrom) else name.split(".")[0]


def from_elsewhere(source: Source, node: ast.ImportFrom, name: str, home: str, new: str) -> str:
    """The text with one name of an import taken from another module.

    It keeps the name that the text reads; a name that nothing reads was a slip.
    """
    (alias,) = [a for a in node.names if a.name == name][:1]
    bound = alias.asname or alias.name
    written = f"{new} as {bound}" if bound != new and reads(source, bound) else new
    indent = " " * node.col_offset
    statement = f"from {home} import {written}" if home else f"import {written}"
    if len(node.names) == 1:
        return source.edited([source.replaced(node, statement)])
    start, end, nothing = source.without_item(list(node.names), alias)
    after = source.end(node)
    return source.edited([(start, end, nothing), (after, after, f"\n{indent}{statement}")])


def renamed_module(source: Source, old: str, new: str) -> str:
    """The text with a module imported under another name; whole modules keep what they bound."""
    changes: list[Change] = []
    for node in imports_of(source, old):
        if isinstance(node, ast.ImportFrom):
            start = source.data.index((node.module or "").encode(), source.start(node) + 4)
            changes.append((start, start + len(old.encode()), new))
            continue
        for alias in node.names:
            if within(alias.name, old):
                moved = new + alias.name[len(old) :]
                bound = alias.asname or (old if "." not in alias.name else "")
                kept = f" as {bound}" if bound and bound != moved else ""
                changes.append(source.replaced(alias, moved + kept))
                changes += [] if bound else reads_renamed(source, alias.name, moved)
    return source.edited(changes)


def reads_renamed(source: Source, old: str, new: str) -> Iterator[Change]:
    """`a.b` wherever it is read, as another dotted name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and source.of(node) == old:
            yield source.replaced(node, new)


def without_parts(source: Source, node: Imports, aliases: list[ast.alias]) -> list[Change]:
    """The changes that take parts of an import away, with the statement if nothing is left."""
    if len(aliases) < len(node.names):
        return [source.without_item(list(node.names), alias) for alias in aliases]
    start, end = source.start(node), source.end(node)
    parent = source.parents.get(node)
    alone = not isinstance(parent, ast.Module) and getattr(parent, "body", []) == [node]
    line_end = source.data.find(b"\n", end)
    line_start = source.data.rfind(b"\n", 0, start) + 1
    if alone or source.data[line_start:start].strip() or line_end < 0:
        return [(start, end, "pass")]
    return [(line_start, line_end + 1, "")]


def reads(source: Source, name: str) -> list[ast.Name]:
    """Where a name is read."""
    return [n for n in ast.walk(source.tree) if isinstance(n, ast.Name) and n.id == name]
