"""A module's text as places: functions, statements, constants, literals, and who defines what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from iiml_codegen.domain.fault import Place
from iiml_codegen.syntax import syntax_tree

Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class ModuleCode:
    """One module; a text that does not parse has no places but its lines."""

    file: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; empty where the text does not parse."""
        try:
            return syntax_tree(self.text.removeprefix("\ufeff"))
        except (SyntaxError, ValueError):
            return ast.Module([], [])

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.split("\n")

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Top-level functions by name."""
        return {node.name: node for node in self.tree.body if isinstance(node, Function)}

    @cached_property
    def constants(self) -> dict[str, ast.stmt]:
        """Statements at the top that assign a name."""
        found: dict[str, ast.stmt] = {}
        for node in self.tree.body:
            found.update(dict.fromkeys(assigned(node), node))
        return found

    def function_at(self, line: int) -> Function | None:
        """The innermost function that holds a line."""
        holding = [n for n in ast.walk(self.tree) if isinstance(n, Function) and holds(n, line)]
        return max(holding, key=lambda node: node.lineno, default=None)

    def statement_at(self, line: int) -> ast.stmt | None:
        """The innermost statement that holds a line."""
        holding = [n for n in ast.walk(self.tree) if isinstance(n, ast.stmt) and holds(n, line)]
        return max(holding, key=lambda node: (node.lineno, -end(node)), default=None)

    def characters(self, line: int, offset: int) -> int:
        """How many characters so many bytes of a line are."""
        if not 0 < line <= len(self.lines):
            return offset
        return len(self.lines[line - 1].encode()[:offset].decode("utf-8", "replace"))

    def place(self, node: ast.AST) -> Place:
        """Where a node begins."""
        line = getattr(node, "lineno", 1)
        column = self.characters(line, getattr(node, "col_offset", 0)) + 1
        return Place(file=self.file, line=line, column=column)

    def exits(self, function: Function) -> list[ast.Return]:
        """The statements by which a function returns something, in order."""
        return sorted(
            (n for n in own_nodes(function) if isinstance(n, ast.Return) and n.value is not None),
            key=lambda node: node.lineno,
        )

    def exit_place(self, function: Function) -> Place:
        """The last `return` of a function; its last line where it returns nothing."""
        exits = self.exits(function)
        return self.place(exits[-1] if exits else function.body[-1])

    def assignments(self, function: ast.AST, name: str, before: int) -> list[ast.stmt]:
        """Statements of a function that set a name above a line, in order."""
        return sorted(
            (
                node
                for node in own_nodes(function)
                if isinstance(node, ast.stmt) and name in assigned(node) and node.lineno < before
            ),
            key=lambda node: node.lineno,
        )


def end(node: ast.AST) -> int:
    """The last line of a node."""
    last = getattr(node, "end_lineno", None)
    return last if isinstance(last, int) else getattr(node, "lineno", 1)


def holds(node: ast.AST, line: int) -> bool:
    """Whether a node's text covers a line."""
    return bool(getattr(node, "lineno", line + 1) <= line <= end(node))


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Nodes of a function, without those of functions and classes inside it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def assigned(node: ast.AST) -> list[str]:
    """The names that a statement sets."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = list(node.targets)
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For):
        targets = [node.target]
    elif isinstance(node, ast.With):
        targets = [item.optional_vars for item in node.items if item.optional_vars]
    return [
        part.id
        for target in targets
        for part in ast.walk(target)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]


def names_in(node: ast.AST) -> set[str]:
    """The names that an expression or statement reads."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def called(node: ast.AST) -> str:
    """The last name of what is called: `fillna` of `a.b.fillna(0)`."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def header_lines(node: ast.stmt) -> range:
    """The lines of a statement alone, without the block below it."""
    inner = [*getattr(node, "body", []), *getattr(node, "orelse", [])]
    below = [part.lineno for part in inner if isinstance(part, ast.stmt)]
    last = max(min(below) - 1, node.lineno) if isinstance(node, BLOCKS) and below else end(node)
    return range(node.lineno, last + 1)
