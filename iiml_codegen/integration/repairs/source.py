"""A module's text with its tree: edits that leave everything else byte for byte as it was."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property

from iiml_codegen.syntax import syntax_tree

Change = tuple[int, int, str]
"""Start and end in bytes, and the new text between them."""
ANYWHERE = 0
"""The line of a fault that says none."""


class Source:
    """One parsed text. Offsets are bytes, as the columns of `ast` are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = syntax_tree(text)
        self.data = text.encode()
        self.starts = [0]
        for line in self.data.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Each node's parent."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def start(self, node: ast.AST) -> int:
        """Where a node begins."""
        return self.starts[getattr(node, "lineno", 1) - 1] + int(getattr(node, "col_offset", 0))

    def end(self, node: ast.AST) -> int:
        """Where a node ends."""
        line, column = getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0)
        return self.starts[line - 1] + int(column)

    def of(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.data[self.start(node) : self.end(node)].decode()

    def edited(self, changes: Iterable[Change]) -> str:
        """The text with these changes; of two that overlap only the smaller one is made."""
        made: list[Change] = []
        for change in sorted(set(changes), key=lambda c: (c[1] - c[0], c)):
            if all(change[1] <= start or change[0] >= end for start, end, _ in made):
                made.append(change)
        data = self.data
        for start, end, new in sorted(made, reverse=True):
            data = data[:start] + new.encode() + data[end:]
        return data.decode()

    def replaced(self, node: ast.AST, new: str) -> Change:
        """New text in the place of a node."""
        return self.start(node), self.end(node), new

    def nodes_at(self, line: int) -> Iterator[ast.AST]:
        """Nodes that a line is part of, outer ones first; all of them for `ANYWHERE`."""
        for node in ast.walk(self.tree):
            first = getattr(node, "lineno", 0)
            if first and (not line or first <= line <= (getattr(node, "end_lineno", 0) or first)):
                yield node

    def calls(self, line: int = ANYWHERE) -> list[ast.Call]:
        """Calls that a line is part of, outer ones first."""
        return [node for node in self.nodes_at(line) if isinstance(node, ast.Call)]

    def column_inside(self, call: ast.Call) -> tuple[int, int]:
        """Line and column (in characters) behind the opening bracket of a call, as jedi counts."""
        at = self.data.index(b"(", self.end(call.func)) + 1
        before = self.data[:at]
        line = before.count(b"\n") + 1
        return line, len(before[self.starts[line - 1] :].decode())

    def without(self, call: ast.Call, argument: ast.AST) -> Change:
        """The change that takes one argument out of a call."""
        return self.without_item(sorted([*call.args, *call.keywords], key=self.start), argument)

    def without_item(self, items: list[ast.AST], item: ast.AST) -> Change:
        """The change that takes one item out of what stands between commas."""
        place = items.index(item)
        return self.without_run(items, place, place)

    def without_run(self, items: list[ast.AST], first: int, last: int) -> Change:
        """The change that takes neighbours out of what stands between commas."""
        if last + 1 < len(items):
            return self.start(items[first]), self.start(items[last + 1]), ""
        end = self.end(items[last])
        if first == 0:
            rest = self.data[end:].lstrip()
            comma = len(self.data) - len(rest) + 1 if rest[:1] == b"," else end
            return self.start(items[0]), comma, ""
        before = self.end(items[first - 1])
        between = self.data[before : self.start(items[first])]
        if b"#" in between and b"\n" in between:
            after = self.data[end : end + 1] == b","
            return before + between.rindex(b"\n"), end + after, ""
        return before + between.rindex(b","), end, ""

    def with_argument(self, call: ast.Call, written: str) -> Change:
        """The change that adds an argument behind the others."""
        arguments = sorted([*call.args, *call.keywords], key=self.start)
        if not arguments:
            at = self.end(call) - 1
            return at, at, written
        last = arguments[-1]
        at = self.end(last)
        if self.data[at : self.end(call) - 1].strip().startswith(b")"):
            at = self.data.index(b")", at) + 1
        return at, at, f", {written}"


def imported_packages(text: str) -> tuple[str, ...]:
    """The packages that a text imports, sorted."""
    return tuple(sorted({module.split(".")[0] for module in imported_modules(text)}))


def imported_modules(text: str) -> tuple[str, ...]:
    """The modules that a text imports, at the top or anywhere else, sorted."""
    found: set[str] = set()
    for node in ast.walk(syntax_tree(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return tuple(sorted(found))


def bound_modules(tree: ast.AST) -> dict[str, str]:
    """What names of imports stand for, in full: `np` for numpy, `KFold` for its place."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                head = alias.name.split(".")[0]
                names[alias.asname or head] = alias.name if alias.asname else head
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def with_import(text: str, statement: str) -> str:
    """The text with an import, where a person would put it: by the others, in order."""
    tree = syntax_tree(text)
    if any(ast.unparse(node) == statement for node in tree.body):
        return text
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    futures = [n for n in imports if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    lines = text.split("\n")
    newline = "\r" if lines[0].endswith("\r") else ""
    if len(imports) > len(futures):
        others, wanted = imports[len(futures) :], place_of(syntax_tree(statement).body[0])
        above = [n for n in others if place_of(n) <= wanted]
        below = [n for n in others if place_of(n) > wanted]
        beside = not above or (below and place_of(above[-1])[0] != wanted[0])
        at = below[0].lineno - 1 if below and beside else (above[-1].end_lineno or 0)
        return "\n".join([*lines[:at], statement + newline, *lines[at:]])
    docstring = [n for n in tree.body[:1] if isinstance(n, ast.Expr) and is_text(n.value)]
    heads = [*docstring, *futures]
    at = (heads[-1].end_lineno or 0) if heads else 0
    block = ["", statement, ""] if heads else [statement, "", ""]
    rest = lines[at:]
    while rest and not rest[0].strip() and len(rest) > 1:
        rest = rest[1:]
    return "\n".join([*lines[:at], *(part + newline for part in block), *rest])


def place_of(node: ast.stmt) -> tuple[bool, bool, str]:
    """Where an import stands among others: the standard library first, whole modules first."""
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
    else:
        module = node.names[0].name if isinstance(node, ast.Import) else ""
    third = module.split(".")[0] not in sys.stdlib_module_names
    return third, isinstance(node, ast.ImportFrom), module


def is_text(node: ast.AST) -> bool:
    """Whether a node is a string."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
