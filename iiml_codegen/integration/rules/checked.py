"""A module under check: its text and tree, and what rules ask of them, found once for all."""

from __future__ import annotations

import ast
import re
import symtable
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any, TypeVar

from iiml_codegen.integration.rules.facts import Facts
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.integration.rules.module_index import Function, ModuleIndex, bound_names
from iiml_codegen.integration.rules.names import full_name, import_names
from iiml_codegen.syntax import literal_value

Node = TypeVar("Node", bound=ast.AST)
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Checked:
    """A module under check: its file name, text and syntax tree.

    `error` is why the text does not parse; the tree is empty then. All sequences of nodes are in
    source order, and are found on the first question.
    """

    file: str
    text: str
    tree: ast.Module
    facts: Facts
    error: SyntaxError | None = None
    symbols: symtable.SymbolTable | None = None

    @property
    def is_prep(self) -> bool:
        """Whether this is the preparation module."""
        return PurePosixPath(self.file).name.startswith("prep")

    @property
    def is_model(self) -> bool:
        """Whether this is a model module."""
        return PurePosixPath(self.file).name.startswith("model")

    def functions(self) -> dict[str, ast.FunctionDef]:
        """Top-level functions by name."""
        return {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}

    @cached_property
    def all_functions(self) -> list[Function]:
        """Every function, methods and inner ones included."""
        return [*self.nodes(ast.FunctionDef), *self.nodes(ast.AsyncFunctionDef)]

    @cached_property
    def lines(self) -> list[str]:
        """Lines as Python and editors count them; form feeds and the like end none."""
        return LINE_END.split(self.text)

    @cached_property
    def markers(self) -> tuple[tuple[str, int, int], ...]:
        """Step id, line and column of each marker."""
        return tuple(markers(self.text))

    @cached_property
    def index(self) -> ModuleIndex:
        """The one walk over the tree."""
        return ModuleIndex(self.tree)

    @cached_property
    def imports(self) -> Mapping[str, str]:
        """What each imported name stands for, in full."""
        return import_names([*self.nodes(ast.Import), *self.nodes(ast.ImportFrom)])

    @cached_property
    def constants(self) -> Mapping[str, Any]:
        """Literals that module-level names are bound to, if they are bound once."""
        return dict(literals(self.tree.body, self.bound_once))

    @cached_property
    def bound_once(self) -> frozenset[str]:
        """Names that one single assignment of the module binds, wherever it stands."""
        bound = Counter(n.id for n in self.nodes(ast.Name) if isinstance(n.ctx, ast.Store))
        return frozenset(name for name, times in bound.items() if times == 1)

    def nodes(self, kind: type[Node]) -> list[Node]:
        """All nodes of one kind."""
        return self.index.of(kind)

    def calls(self, *names: str) -> list[ast.Call]:
        """Calls of what is called so, or of a method or attribute that is called so."""
        found = [call for name in set(names) for call in self.index.called.get(name, ())]
        return sorted(found, key=self.index.places.__getitem__) if len(names) > 1 else found

    def inside(self, node: ast.AST, kind: type[Node]) -> list[Node]:
        """Nodes of one kind at or below a node."""
        return [item for item in self.index.subtree(node) if isinstance(item, kind)]

    def owner(self, node: ast.AST) -> Function | None:
        """The innermost function that a node stands in."""
        around = self.index.ancestors(node)
        return next((item for item in around if isinstance(item, Function)), None)

    def owners(self, node: ast.AST) -> Iterator[Function]:
        """All functions that a node stands in, from the inside out."""
        return (item for item in self.index.ancestors(node) if isinstance(item, Function))

    def owner_binds(self, node: ast.AST, name: str) -> bool:
        """Whether a function around a node binds a name: by parameter, assignment, import, …"""
        return any(name in self.bound_in(function) for function in self.owners(node))

    def bound_in(self, function: Function) -> set[str]:
        """Names that stand for something of their own in a function, or in one inside it."""
        imported = (item.asname or item.name for item in self.inside(function, ast.alias))
        return {
            *(item.arg for item in self.inside(function, ast.arg)),
            *(n.id for n in self.inside(function, ast.Name) if isinstance(n.ctx, ast.Store)),
            *(item.name for item in self.inside(function, ast.ExceptHandler) if item.name),
            *(item.name for item in self.index.subtree(function) if isinstance(item, DEFINITION)),
            *(name.partition(".")[0] for name in imported),
        }

    def full(self, node: ast.AST) -> str:
        """The dotted name with its first part replaced by what was imported under it, or empty."""
        return full_name(node, self.imports)

    def string(self, node: ast.AST | None) -> str | None:
        """The text of a string literal, or of a constant of the module that is one."""
        if isinstance(node, ast.Name):
            value = self.constants.get(node.id)
        else:
            value = node.value if isinstance(node, ast.Constant) else None
        return value if isinstance(value, str) else None

    def strings(self, node: ast.AST | None) -> list[str]:
        """Texts of a literal list of strings, of a single one, or of a constant that is either."""
        if isinstance(node, ast.Name):
            value = self.constants.get(node.id)
            items = value if isinstance(value, list | tuple | set) else [value]
            return [item for item in items if isinstance(item, str)]
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [text for item in node.elts if (text := self.string(item)) is not None]
        text = self.string(node)
        return [] if text is None else [text]

    def parameters(self, function: Function) -> list[str]:
        """Names of all parameters of a function, starred ones left out."""
        given = function.args
        return [item.arg for item in (*given.posonlyargs, *given.args, *given.kwonlyargs)]

    def reads(self, node: ast.AST, name: str) -> bool:
        """Whether a name is read at or below a node."""
        return any(
            item.id == name and isinstance(item.ctx, ast.Load)
            for item in self.inside(node, ast.Name)
        )


def literals(body: Iterable[ast.stmt], names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Names of a body with the literal that each is bound to; texts that are split are lists."""
    for statement in body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        bound = [name.id for target in targets for name in bound_names(target)]
        if len(bound) == 1 and bound[0] in names:
            try:
                yield bound[0], literal(statement.value)
            except (ValueError, TypeError, RecursionError):
                continue


def literal(value: ast.expr) -> Any:
    """The value of a literal; raises ValueError or TypeError for anything else."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        text = value.func.value
        if value.func.attr == "split" and isinstance(text, ast.Constant) and not value.args:
            return str(text.value).split()
    return literal_value(value)
