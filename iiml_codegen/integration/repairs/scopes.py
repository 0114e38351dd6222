"""Which names a text binds where, near enough to see what a slip of the fingers meant."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from iiml_codegen.integration.repairs.source import Source

COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Scopes:
    """Bindings of a text by function."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def module_names(self) -> set[str]:
        """What the module itself binds."""
        return {name for node in self.source.tree.body for name in bound(node)}

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """Functions and comprehensions that a node stands in, the innermost first."""
        inner: ast.AST | None = node
        while inner is not None:
            inner = self.source.parents.get(inner)
            if isinstance(inner, Function | COMPREHENSIONS):
                yield inner

    def visible(self, node: ast.AST) -> set[str]:
        """Names that can be read at a node: of its functions, and of the module."""
        names = self.module_names()
        for scope in self.around(node):
            names |= parameters(scope)
            names |= {name for part in ast.iter_child_nodes(scope) for name in bound(part)}
        return names

    def free(self, name: str, function: ast.FunctionDef) -> bool:
        """Whether a function reads a name that nothing binds."""
        known = {*self.visible(function.body[0]), *dir(builtins)}
        inner = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and stores(n)}
        inner |= {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
        return name not in known | inner

    def unbound(self, name: str, line: int) -> list[ast.Name]:
        """Where a name is read that nothing binds: all places, or those at the line.

        A name that is bound somewhere, but not there, is mended at the line alone.
        """
        changed = {n.target for n in ast.walk(self.source.tree) if isinstance(n, ast.AugAssign)}
        read = [
            node
            for node in ast.walk(self.source.tree)
            if isinstance(node, ast.Name) and node.id == name
            if isinstance(node.ctx, ast.Load) or node in changed
        ]
        free = [node for node in read if name not in self.visible(node)]
        here = [node for node in read if node.lineno == line]
        return free or here


def stores(node: ast.Name) -> bool:
    """Whether a name is bound here, and not read."""
    return not isinstance(node.ctx, ast.Load)


def parameters(scope: ast.AST) -> set[str]:
    """The parameters of a function."""
    if not isinstance(scope, Function):
        return set()
    return {node.arg for node in ast.walk(scope.args) if isinstance(node, ast.arg)}


def bound(node: ast.AST) -> Iterator[str]:
    """Names that a statement binds in its own scope; functions in it keep theirs."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.AugAssign):
        yield from bound(node.value)
        return
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if isinstance(node, ast.ExceptHandler) and node.name:
        yield node.name
    for child in ast.iter_child_nodes(node):
        yield from bound(child)
