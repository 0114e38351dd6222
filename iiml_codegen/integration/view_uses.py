"""What a model does with its rows: columns by name, methods, functions and fits they go into.

Followed from `fit` and `predict` into the module's own functions, as far as a name surely stands
for the view as prep gave it. Code that looks first (`if "age" in X`, `hasattr(X, "toarray")`,
`try`) is not judged. A name that gets another value is no longer followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from iiml_codegen.integration.assignments import constructor, stored_names, strings, targets_of

ENTRIES = {"fit": 0, "predict": 1}
"""Which positional parameter of the module interface holds the rows."""
SAME = frozenset({"copy", "astype", "assign", "reset_index", "sort_index"})
"""Methods whose result is a table with the columns that the view has."""
BY_COLUMN = {
    "drop": "columns",
    "groupby": "by",
    "pop": "item",
    "set_index": "keys",
    "sort_values": "by",
}
"""Methods that are given names of columns, with the parameter that holds them."""
AXIS_FIRST = frozenset({"drop"})
"""Of these, methods whose first argument names rows unless `axis` says otherwise."""


@dataclass(frozen=True)
class Use:
    """One use of the rows: the columns, the attribute, or the function or estimator they go to."""

    sort: Literal["columns", "attribute", "call", "fit"]
    node: ast.expr
    names: tuple[str, ...]
    entry: str


@dataclass
class Follower:
    """Follows the rows through one function."""

    module: ast.Module
    entry: str
    names: set[str]
    added: set[str]
    uses: list[Use] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    estimators: dict[str, str] = field(default_factory=dict)

    def body(self, statements: list[ast.stmt]) -> None:
        """Statements in order."""
        for statement in statements:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """One statement; what is in doubt is passed over, and names that it sets are let go."""
        if isinstance(node, ast.Try) or (
            isinstance(node, (ast.If, ast.While)) and self.asks(node.test)
        ):
            self.names -= set(stored_names(node))
            return
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.expression(child)
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            self.assign(node)
        else:
            self.names -= {n for t in targets_of(node) for n in stored_names(t)}
        for part in ("body", "orelse", "finalbody"):
            inner = getattr(node, part, None)
            if isinstance(inner, list):
                self.body([one for one in inner if isinstance(one, ast.stmt)])

    def assign(self, node: ast.Assign | ast.AnnAssign) -> None:
        """Which names stand for the rows, or for an estimator, from here on."""
        assert node.value is not None
        rows, made = self.is_rows(node.value), constructor(node.value)
        for target in targets_of(node):
            if isinstance(target, ast.Name):
                self.names.discard(target.id)
                self.estimators.pop(target.id, None)
                if rows:
                    self.names.add(target.id)
                elif made:
                    self.estimators[target.id] = made
            elif isinstance(target, ast.Subscript) and self.is_rows(target.value):
                self.added |= {name for name, _ in strings(target.slice, self.module)}
            else:
                self.names -= set(stored_names(target))

    def expression(self, root: ast.expr) -> None:
        """All uses within an expression."""
        if isinstance(root, ast.IfExp) and self.asks(root.test):
            return
        if isinstance(root, ast.BoolOp) and any(self.asks(value) for value in root.values[:-1]):
            return
        self.look(root)
        for child in ast.iter_child_nodes(root):
            if isinstance(child, ast.expr):
                self.expression(child)
            elif isinstance(child, (ast.keyword, ast.comprehension)):
                self.expression(child.value if isinstance(child, ast.keyword) else child.iter)

    def look(self, node: ast.expr) -> None:
        """The uses that one node is."""
        if isinstance(node, ast.Attribute) and self.is_rows(node.value):
            self.use("attribute", node, (node.attr,))
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Store):
            self.subscript(node)
        if isinstance(node, ast.Call):
            self.call(node)

    def subscript(self, node: ast.Subscript) -> None:
        """`X["age"]`, `X[["age", "size"]]`, `X.loc[:, "age"]`."""
        inner, place = node.value, node.slice
        if isinstance(inner, ast.Attribute) and inner.attr == "loc":
            if not (isinstance(place, ast.Tuple) and len(place.elts) == 2):
                return
            inner, place = inner.value, place.elts[1]
        if self.is_rows(inner):
            self.columns(place)

    def call(self, node: ast.Call) -> None:
        """Methods with names of columns, functions and estimators that are given the rows."""
        function = node.func
        if isinstance(function, ast.Attribute) and self.is_rows(function.value):
            if function.attr == "assign":
                self.added |= {word.arg for word in node.keywords if word.arg}
            elif function.attr in BY_COLUMN:
                self.by_column(node, function.attr)
            return
        if not node.args or not self.is_rows(node.args[0]):
            self.pass_on(node)
            return
        if isinstance(function, ast.Attribute) and function.attr == "fit":
            made = constructor(function.value)
            if isinstance(function.value, ast.Name):
                made = self.estimators.get(function.value.id, "")
            if made:
                self.use("fit", node, (made,))
        elif isinstance(function, ast.Attribute):
            self.use("call", node, (ast.unparse(function),))
        self.pass_on(node)

    def by_column(self, node: ast.Call, method: str) -> None:
        """Names of columns among the arguments of a method."""
        words = {word.arg: word.value for word in node.keywords if word.arg}
        errors = words.get("errors")
        if isinstance(errors, ast.Constant) and errors.value == "ignore":
            return
        axis = words.get("axis")
        across = isinstance(axis, ast.Constant) and axis.value in (1, "columns")
        place = words.get(BY_COLUMN[method]) or words.get("labels")
        if place is None and node.args and (method not in AXIS_FIRST or across):
            place = node.args[0]
        if place is not None and (method not in AXIS_FIRST or across or "columns" in words):
            self.columns(place)

    def pass_on(self, node: ast.Call) -> None:
        """Functions of the module that are given the rows are followed too."""
        if not isinstance(node.func, ast.Name):
            return
        for function in self.module.body:
            if isinstance(function, ast.FunctionDef) and function.name == node.func.id:
                declared = [*function.args.posonlyargs, *function.args.args]
                for given, parameter in zip(node.args, declared, strict=False):
                    if self.is_rows(given):
                        self.calls.append((function.name, parameter.arg))

    def columns(self, place: ast.expr) -> None:
        """Names of columns that must be there."""
        for name, node in strings(place, self.module):
            if name not in self.added:
                self.use("columns", node, (name,))

    def use(
        self,
        sort: Literal["columns", "attribute", "call", "fit"],
        node: ast.expr,
        names: tuple[str, ...],
    ) -> None:
        """Take a use down."""
        self.uses.append(Use(sort, node, names, self.entry))

    def is_rows(self, node: ast.expr) -> bool:
        """Whether an expression surely is the view, with the columns that it has."""
        if isinstance(node, ast.Name):
            return node.id in self.names
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return node.func.attr in SAME and self.is_rows(node.func.value)
        return False

    def asks(self, test: ast.expr) -> bool:
        """Whether a condition looks at the rows: what hangs on it may be right."""
        return any(isinstance(n, ast.Name) and n.id in self.names for n in ast.walk(test))


def rows_uses(module: ast.Module) -> Iterator[Use]:
    """All uses of the rows, from `fit` and `predict` on, in the order in which they are met.

    Where there is an `encode`, it alone gets the rows as the view has them.
    """
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    entries = {"encode": 0} if "encode" in functions else ENTRIES
    todo = [
        (name, entry_parameter(functions[name], place), name)
        for name, place in entries.items()
        if name in functions
    ]
    done: set[tuple[str, str]] = set()
    while todo:
        name, parameter, entry = todo.pop(0)
        if not parameter or (name, parameter) in done:
            continue
        done.add((name, parameter))
        follower = Follower(module, entry, {parameter}, set())
        follower.body(functions[name].body)
        yield from follower.uses
        todo += [(called, given, entry) for called, given in follower.calls]


def entry_parameter(function: ast.FunctionDef, place: int) -> str:
    """The name of a positional parameter; empty where there are too few."""
    declared = [*function.args.posonlyargs, *function.args.args]
    return declared[place].arg if len(declared) > place else ""
