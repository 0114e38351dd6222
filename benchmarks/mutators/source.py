"""A module under mutation: its text with byte places of nodes, and edits that remember where."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

Functions = ast.FunctionDef | ast.AsyncFunctionDef
PLACED = (ast.expr, ast.stmt, ast.keyword, ast.arg)


@dataclass(frozen=True)
class Edit:
    """Bytes `start` to `end` of the old text become `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Change:
    """One way to break a module; the first edit is the place that a person has to mend.

    `also` are lines of the old text that a person would be told of as well, such as the uses of a
    name whose definition went.
    """

    edits: tuple[Edit, ...]
    says: str
    also: tuple[int, ...] = ()


class Source:
    """A text that parses, with what mutators look for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.raw = text.encode()
        self.tree = ast.parse(text)
        self.starts = [0]
        for line in self.raw.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """First byte of a node, and the one after its last."""
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.arg)
        assert node.end_lineno is not None and node.end_col_offset is not None
        first = self.starts[node.lineno - 1] + node.col_offset
        return first, self.starts[node.end_lineno - 1] + node.end_col_offset

    def code(self, node: ast.AST) -> str:
        """A node as it is written."""
        first, last = self.span(node)
        return self.raw[first:last].decode()

    def line(self, offset: int) -> int:
        """The line of a byte."""
        return self.raw[:offset].count(b"\n") + 1

    def offset(self, row: int, column: int) -> int:
        """The byte of a token's position (columns of tokens count characters)."""
        line = self.raw[self.starts[row - 1] : self.starts[row] - 1].decode()
        return self.starts[row - 1] + len(line[:column].encode())

    @cached_property
    def tokens(self) -> list[tokenize.TokenInfo]:
        """All tokens."""
        return list(tokenize.generate_tokens(io.StringIO(self.text).readline))

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes in the order of their places."""
        found = [n for n in ast.walk(self.tree) if isinstance(n, PLACED)]
        return sorted(found, key=lambda n: (n.lineno, n.col_offset, n.end_lineno or 0))

    @cached_property
    def silent(self) -> list[tuple[int, int]]:
        """Comments and docstrings: text in which nothing can be broken."""
        spans = [
            (self.offset(*t.start), self.offset(*t.end))
            for t in self.tokens
            if t.type == tokenize.COMMENT
        ]
        for node in self.nodes:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                spans.append(self.span(node))
        return spans

    def is_silent(self, offset: int) -> bool:
        """Whether a byte stands in a comment or docstring."""
        return any(first <= offset < last for first, last in self.silent)

    def functions(self, *names: str) -> list[ast.FunctionDef]:
        """Functions at the top, those with these names or all."""
        found = [node for node in self.tree.body if isinstance(node, ast.FunctionDef)]
        return [node for node in found if not names or node.name in names]

    def statements(self, *functions: str) -> list[ast.stmt]:
        """Statements within functions, without docstrings and nested headers."""
        found = [
            node
            for function in self.functions(*functions)
            for node in ast.walk(function)
            if isinstance(node, ast.stmt) and node is not function
        ]
        plain = [n for n in found if not isinstance(n, Functions | ast.ClassDef)]
        return [n for n in plain if not (isinstance(n, ast.Expr) and _is_text(n.value))]

    def assigned(self, *names: str, within: tuple[str, ...] = ()) -> list[ast.Assign]:
        """Plain assignments to one name in functions."""
        return [
            node
            for node in self.statements(*within)
            if isinstance(node, ast.Assign)
            and len(node.targets) == 1
            and isinstance(node.targets[0], ast.Name)
            and (not names or node.targets[0].id in names)
        ]

    def constants(self) -> list[tuple[str, ast.Assign | ast.AnnAssign]]:
        """Names in capitals that are assigned at the top."""
        found: list[tuple[str, ast.Assign | ast.AnnAssign]] = []
        for node in self.tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            target = node.target if isinstance(node, ast.AnnAssign) else target
            if isinstance(target, ast.Name) and target.id.isupper():
                assert isinstance(node, ast.Assign | ast.AnnAssign)
                found.append((target.id, node))
        return found

    def calls(self, *names: str) -> list[ast.Call]:
        """Calls of a function or method with one of these last names; all without names."""
        found = [node for node in self.nodes if isinstance(node, ast.Call)]
        return [node for node in found if not names or last_name(node.func) in names]

    def uses(self, name: str) -> list[int]:
        """Lines in which a name is read."""
        return sorted(
            {
                node.lineno
                for node in self.nodes
                if isinstance(node, ast.Name) and node.id == name and _is_read(node)
            }
        )

    def names_of(self, node: ast.AST) -> set[str]:
        """Names that a statement binds."""
        found = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
        return {n.id for n in found if isinstance(n.ctx, ast.Store)}

    def uses_in(self, node: ast.AST) -> set[str]:
        """Names that a statement reads."""
        return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _is_read(n)}

    def returns(self, *functions: str) -> list[ast.Return]:
        """Return statements with a value."""
        found = [node for node in self.statements(*functions) if isinstance(node, ast.Return)]
        return [node for node in found if node.value is not None]

    def swap(self, node: ast.AST, new: str, says: str = "", also: tuple[int, ...] = ()) -> Change:
        """Write something else for a node."""
        first, last = self.span(node)
        return Change((Edit(first, last, new),), says or f"{self.code(node)} -> {new}", also)

    def after(self, statement: ast.stmt, line: str, says: str = "") -> Change:
        """Write a line below a statement, as far in as it."""
        assert statement.end_lineno is not None
        end = self.starts[statement.end_lineno] - 1
        space = " " * statement.col_offset
        new = "".join(f"\n{space}{part}" for part in line.split("\n"))
        return Change((Edit(end, end, new),), says or f"added: {line}")

    def before(self, statement: ast.stmt, line: str, says: str = "") -> Change:
        """Write a line above a statement, as far in as it."""
        start = self.starts[statement.lineno - 1]
        space = " " * statement.col_offset
        new = "".join(f"{space}{part}\n" for part in line.split("\n"))
        return Change((Edit(start, start, new),), says or f"added: {line}")

    def applied(self, change: Change) -> tuple[str, int, int, tuple[int, ...]]:
        """The new text, first and last line of the place in it, and lines told of as well."""
        pieces, end = [], 0
        for edit in sorted(change.edits, key=lambda e: (e.start, e.end)):
            pieces += [self.raw[end : edit.start], edit.text.encode()]
            end = edit.end
        text = b"".join([*pieces, self.raw[end:]]).decode()
        first = change.edits[0]
        lead = len(first.text) - len(first.text.lstrip("\n"))
        line = self.new_line(first.start, change) + lead
        last = line + first.text[lead:].rstrip("\n").count("\n")
        also = tuple(self.new_line(self.starts[n - 1], change) for n in change.also)
        return text, line, last, also

    def new_line(self, offset: int, change: Change) -> int:
        """The line that a byte of the old text has after a change."""
        moved = sum(
            edit.text.count("\n") - self.raw[edit.start : edit.end].count(b"\n")
            for edit in change.edits
            if edit.end <= offset and edit.start < offset
        )
        return self.line(offset) + moved


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_read(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def last_name(node: ast.expr) -> str:
    """`c` of `a.b.c`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def words_in(node: ast.AST) -> Iterator[ast.Constant]:
    """Text constants below a node."""
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child
