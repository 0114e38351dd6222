"""How an output of `prepare` comes about: its statements, and the functions that they call."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from iiml_codegen.domain.fault import Place
from iiml_codegen.integration.module_code import (
    Function,
    ModuleCode,
    assigned,
    names_in,
    own_nodes,
)


@dataclass(frozen=True)
class Flow:
    """Statements of `prepare` that an output depends on, in order, and functions behind them."""

    code: ModuleCode
    given: ast.AST
    statements: tuple[ast.stmt, ...]
    functions: tuple[Function, ...]

    def nodes(self) -> Iterator[ast.AST]:
        """Every node on the way, the statements of `prepare` first."""
        for statement in self.statements:
            yield from ast.walk(statement)
        for function in self.functions:
            for node in function.body:
                yield from ast.walk(node)

    @property
    def place(self) -> Place:
        """Where the output is handed over."""
        return self.code.place(self.given)


def flow_of(code: ModuleCode, output: str, function: str = "prepare") -> Flow | None:
    """The way of an output; of all that the function gives where none is named."""
    source = code.functions.get(function)
    if source is None:
        return None
    given = handed_over(source, output)
    ordered = statements_behind(source, names_in(given))
    return Flow(code, given, ordered, tuple(functions_behind(code, [given, *ordered])))


def statements_behind(
    source: ast.AST, names: set[str], before: int | None = None
) -> tuple[ast.stmt, ...]:
    """Statements of a function that names depend on, in order; only those above a line if given."""
    statements: dict[int, ast.stmt] = {}
    nodes = [
        node
        for node in own_nodes(source)
        if isinstance(node, ast.stmt) and (before is None or node.lineno < before)
    ]
    waiting, seen = sorted(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for node in nodes:
            if name in assigned(node) or changes(node, name):
                statements[node.lineno] = node
                waiting += sorted(names_in(node) - seen)
    return tuple(statements[line] for line in sorted(statements))


def handed_over(function: Function, output: str) -> ast.AST:
    """The expression that gives an output: beside its key, in a call with its view's name, else
    the whole `return`.
    """
    view = output.removesuffix("_train").removesuffix("_test")
    nodes = sorted(own_nodes(function), key=lambda n: getattr(n, "lineno", 0))
    for wanted in dict.fromkeys((output, view, f"{view}_")):
        for node in nodes:
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if mentions(key if key is not None else value, wanted):
                        return value
            if isinstance(node, ast.Assign) and any(mentions(t, wanted) for t in node.targets):
                return node
    exits = [n for n in nodes if isinstance(n, ast.Return)]
    return exits[-1] if exits else function


def mentions(node: ast.AST, text: str) -> bool:
    """Whether a text stands in an expression."""
    return any(isinstance(n, ast.Constant) and n.value == text for n in ast.walk(node))


def changes(node: ast.stmt, name: str) -> bool:
    """Whether a statement changes what a name stands for in place: `x["a"] = ...`, `x.update()`."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        heads = [
            t
            for target in targets
            for t in [target]
            if isinstance(t, ast.Subscript | ast.Attribute)
        ]
        return any(name in names_in(target) and head(target) == name for target in heads)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return head(node.value.func) == name
    return isinstance(node, ast.Delete) and any(head(t) == name for t in node.targets)


def head(node: ast.AST) -> str:
    """The name that a chain of attributes, items and calls begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def functions_behind(code: ModuleCode, nodes: list[ast.AST]) -> list[Function]:
    """Functions of the module that are called or handed on, directly or through others."""
    found: dict[str, Function] = {}
    waiting = list(nodes)
    while waiting:
        for name in sorted(names_in(waiting.pop())):
            function = code.functions.get(name)
            if function is not None and name not in found:
                found[name] = function
                waiting += function.body
    return sorted(found.values(), key=lambda function: function.lineno)


def chain_after(nodes: list[ast.AST], node: ast.AST) -> set[str]:
    """The methods called on what a node gives, further along the same chain."""
    names: set[str] = set()
    above: ast.AST | None = node
    while above is not None:
        current, above = above, None
        for parent in nodes:
            if isinstance(parent, ast.Attribute) and parent.value is current:
                names.add(parent.attr)
                above = parent
            elif is_call_or_item(parent, current):
                above = parent
    return names


def is_call_or_item(parent: ast.AST, node: ast.AST) -> bool:
    """Whether a node is called, or has an item taken, by another."""
    called_by = isinstance(parent, ast.Call) and parent.func is node
    return called_by or (isinstance(parent, ast.Subscript) and parent.value is node)
