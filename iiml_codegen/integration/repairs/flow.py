"""What a module's text says, as repairs ask it: statements, functions, and what is nearest."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.edits import Replacement, replace_nodes, source_of
from iiml_codegen.syntax import syntax_tree

Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Source:
    """A module's text with its tree, and the line of the fault; 0 where it lies elsewhere.

    `others` are lines of the same module that the fault is about, too: where it failed in the end.
    """

    text: str
    line: int = 0
    others: tuple[int, ...] = ()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return syntax_tree(self.text)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        """Functions at the top, by name."""
        return {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """What names at the top of the module are set to."""
        found: dict[str, ast.expr] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Assign):
                found |= {t.id: node.value for t in node.targets if isinstance(t, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found |= {node.target.id: node.value} if node.value else {}
        return found

    def nearest(self, kind: type[Node]) -> list[Node]:
        """Nodes of a kind: at the fault's line, then before it in its function, then others."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, kind)]
        return sorted(found, key=self.distance)

    def distance(self, node: ast.AST) -> tuple[int, int, int]:
        """How far a node is from the fault, in ranks that sort; the nearest of its lines counts."""
        return min(self.far(node, line, near) for line, near in self.places)

    def far(self, node: ast.AST, line: int, near: ast.FunctionDef | None) -> tuple[int, int, int]:
        """How far a node is from a line: 0 for its statement, 1 within its function, else 2."""
        first, last = line_of(node), int(getattr(node, "end_lineno", 0) or 0)
        statement = self.statement(node)
        if statement is not None:
            first, last = line_of(statement), statement.end_lineno or first
        if first <= line <= last:
            return 0, 0, line_of(node)
        inside = near is not None and line_of(near) <= first <= (near.end_lineno or 0)
        return (1 if inside else 2), abs(line - first) * 2 + (first > line), line_of(node)

    @cached_property
    def places(self) -> list[tuple[int, ast.FunctionDef | None]]:
        """The fault's lines, each with the innermost function that holds it."""
        functions = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]
        found = []
        for line in dict.fromkeys((self.line, *self.others)):
            holding = [f for f in functions if f.lineno <= line <= (f.end_lineno or 0)]
            found.append((line, max(holding, key=line_of, default=None)))
        return found

    @property
    def place(self) -> ast.FunctionDef | None:
        """The innermost function that holds the fault's line, or the line where it failed."""
        return next((function for _, function in self.places if function is not None), None)

    def function(self, node: ast.AST) -> ast.FunctionDef | None:
        """The function that a node stands in."""
        return next((n for n in self.above(node) if isinstance(n, ast.FunctionDef)), None)

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The simple statement that a node is part of; None for what is inside none."""
        for outer in (node, *self.above(node)):
            if isinstance(outer, ast.stmt):
                return None if hasattr(outer, "body") else outer
        return None

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, from the inside out."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def source(self, node: ast.AST) -> str:
        """The source of a node."""
        return source_of(self.text, node)

    def replaced(self, *replacements: Replacement) -> str:
        """The text with new source in the place of nodes."""
        return replace_nodes(self.text, replacements)

    def assigned(self, name: str, function: ast.AST | None = None) -> list[ast.Assign]:
        """Plain assignments to a name, in order."""
        return [
            node
            for node in ast.walk(function or self.tree)
            if isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        ]

    def resolved(self, node: ast.expr) -> ast.expr:
        """What a name of a constant stands for; anything else is itself."""
        return self.constants.get(node.id, node) if isinstance(node, ast.Name) else node


def source_at(fault: Fault, text: str) -> Source:
    """A module's text with the lines of a fault."""
    if fault.place is None:
        return Source(text)
    mine = [other.place.line for other in fault.related if other.place.file == fault.place.file]
    return Source(text, fault.place.line, tuple(mine))


def line_of(node: ast.AST) -> int:
    """The line of a node; 0 for what has none."""
    return int(getattr(node, "lineno", 0))


def method(node: ast.AST) -> str:
    """The name of what a call calls: the last part of `a.b.c(...)`; empty for other nodes."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else name_of(node.func)


def receiver(node: ast.AST | None) -> ast.expr | None:
    """What a method is called on; None for what is no call of a method."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value
    return None


def name_of(node: ast.AST | None) -> str:
    """The name that a node is; empty for other nodes."""
    return node.id if isinstance(node, ast.Name) else ""


def text_of(node: ast.AST | None) -> str:
    """The text of a string constant; empty for other nodes."""
    return str(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def here(source: Source, kind: type[Node]) -> list[Node]:
    """Nodes of a kind that belong to the fault's line."""
    return [node for node in source.nearest(kind) if source.distance(node)[0] == 0]


def keyword_of(call: ast.Call, name: str) -> ast.keyword | None:
    """A keyword of a call."""
    return next((keyword for keyword in call.keywords if keyword.arg == name), None)


def names_in(node: ast.AST) -> set[str]:
    """All names that a node mentions."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
