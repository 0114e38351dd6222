"""One walk over a syntax tree, from which all rules read: nodes by kind, subtrees, parents."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import TypeVar, cast

Node = TypeVar("Node", bound=ast.AST)
Function = ast.FunctionDef | ast.AsyncFunctionDef
CHILDLESS = {ast.Name, ast.Constant, ast.Pass, ast.alias}
NOT_WALKED = {"ctx", "op", "ops", "type_ignores", "type_params"}


class ModuleIndex:
    """Nodes in source order, so that a subtree is a slice; without recursion, as chains run deep.

    Contexts and operators are left out: they have no place of their own.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.order: list[ast.AST] = []
        self.kinds: dict[type, list[ast.AST]] = defaultdict(list)
        above = self._walk(tree)
        self.places = {node: place for place, node in enumerate(self.order)}
        self.parents = {n: self.order[p] for n, p in zip(self.order, above, strict=True) if p >= 0}
        self.sizes = subtree_sizes(above)
        self.called: dict[str, list[ast.Call]] = defaultdict(list)
        for node in self.of(ast.Call):
            self.called[last_name(node.func)].append(node)

    def _walk(self, tree: ast.Module) -> list[int]:
        """Fill order and kinds; the place of each node's parent, which comes before it."""
        order, kinds = self.order, self.kinds
        above: list[int] = []
        waiting: list[ast.AST] = [tree]
        parents = [-1]
        while waiting:
            node, place = waiting.pop(), len(order)
            kind = type(node)
            order.append(node)
            above.append(parents.pop())
            kinds[kind].append(node)
            if kind in CHILDLESS:
                continue
            children: list[ast.AST] = []
            for field in node._fields:
                value = None if field in NOT_WALKED else getattr(node, field, None)
                if isinstance(value, list):
                    children += [item for item in value if isinstance(item, ast.AST)]
                elif isinstance(value, ast.AST):
                    children.append(value)
            children.reverse()
            waiting += children
            parents += [place] * len(children)
        return above

    def of(self, kind: type[Node]) -> list[Node]:
        """All nodes of one kind."""
        found = self.kinds.get(kind, [])
        return cast("list[Node]", found)

    def subtree(self, node: ast.AST) -> list[ast.AST]:
        """The node and everything below it, in source order."""
        start = self.places[node]
        return self.order[start : start + self.sizes[start]]

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """What the node stands in, from the inside out."""
        parent = self.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)


def subtree_sizes(above: list[int]) -> list[int]:
    """How many nodes each subtree has, from the places of parents."""
    sizes = [1] * len(above)
    for place in range(len(above) - 1, 0, -1):
        sizes[above[place]] += sizes[place]
    return sizes


def last_name(node: ast.AST) -> str:
    """`c` of `a.b.c`, of `f().c` and of `c`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def root_name(node: ast.AST) -> str:
    """`a` of `a.b["c"].d()`: the variable that a chain starts from; empty for anything else."""
    while True:
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return node.id if isinstance(node, ast.Name) else ""


def bound_names(target: ast.AST) -> Iterator[ast.Name]:
    """The names that an assignment's target binds."""
    if isinstance(target, ast.Name):
        yield target
    elif isinstance(target, ast.Starred):
        yield from bound_names(target.value)
    elif isinstance(target, ast.Tuple | ast.List):
        for part in target.elts:
            yield from bound_names(part)
