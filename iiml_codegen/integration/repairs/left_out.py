"""What can be left out so that something is not needed: the smallest thing around each use."""

from __future__ import annotations

import ast

from iiml_codegen.integration.repairs.flow import Source, method, name_of

CHOICES = ("where", "select", "if_else")
DEPTH = 4


class LeftOut:
    """Spans of a text that go so that something is not needed; `lost` if a column is not set."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.gone: list[tuple[int, int, str]] = []
        self.lost = False
        self.starts = [0]
        for line in source.text.encode().split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def leave(self, node: ast.AST, depth: int = DEPTH) -> bool:
        """Take away the smallest thing around a node that can be left out."""
        parent = self.source.parents.get(node)
        if parent is None or depth < 0:
            return False
        if isinstance(parent, ast.BinOp):
            other = parent.left if parent.right is node else parent.right
            if isinstance(other, ast.Constant):
                return self.leave(parent, depth)
            return self.keep(parent, other)
        if isinstance(parent, ast.IfExp) and node is parent.test:
            return self.keep(parent, parent.orelse)
        if isinstance(parent, ast.BoolOp) and len(parent.values) == 2:
            return self.keep(parent, next(v for v in parent.values if v is not node))
        if isinstance(parent, ast.Subscript) and node is parent.slice:
            return self.keep(parent, parent.value)
        if isinstance(parent, ast.keyword):
            return self.without_argument(parent, self.source.parents[parent])
        if isinstance(parent, ast.Call) and node in parent.args:
            return self.argument(parent, node, depth)
        if isinstance(parent, ast.stmt):
            return self.statement(parent, node, depth)
        return self.leave(parent, depth)

    def argument(self, call: ast.Call, node: ast.AST, depth: int) -> bool:
        """An argument of a call: the rest of the call, or what it chooses from."""
        place = next(n for n, argument in enumerate(call.args) if argument is node)
        if method(call) in CHOICES and len(call.args) == 3 and place == 0:
            return self.keep(call, call.args[2])
        if method(call) == "fit" and place > 1:
            return self.without_argument(node, call)
        others = [argument for argument in call.args if argument is not node]
        if len(others) == 1 and method(call) in ("maximum", "minimum", "add", "multiply"):
            return self.keep(call, others[0])
        return self.leave(call, depth)

    def statement(self, statement: ast.stmt, node: ast.AST, depth: int) -> bool:
        """A whole statement, with all that is done with what it sets."""
        if isinstance(statement, ast.Assert | ast.Expr | ast.AugAssign):
            return self.without_statement(statement)
        if isinstance(statement, ast.If) and node is statement.test and raises(statement):
            return self.without_statement(statement)
        around = self.source.parents.get(statement)
        if isinstance(statement, ast.Raise) and isinstance(around, ast.If) and raises(around):
            return self.without_statement(around)
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            return False
        target = statement.targets[0]
        if isinstance(target, ast.Subscript) or rooted_in(statement.value, name_of(target)):
            self.lost |= isinstance(target, ast.Subscript)
            return self.without_statement(statement)
        function = self.source.function(statement)
        if not isinstance(target, ast.Name) or function is None:
            return False
        uses = [n for n in ast.walk(function) if name_of(n) == target.id and n is not target]
        return self.without_statement(statement) and all(self.leave(n, depth - 1) for n in uses)

    def keep(self, whole: ast.AST, part: ast.AST) -> bool:
        """Leave only a part of an expression."""
        self.gone.append((self.at(whole), self.at(part), ""))
        self.gone.append((self.end(part), self.end(whole), ""))
        return True

    def without_argument(self, argument: ast.AST, call: ast.AST) -> bool:
        """Take an argument out of a call."""
        if not isinstance(call, ast.Call):
            return False
        items = sorted([*call.args, *call.keywords], key=self.at)
        place = items.index(argument)
        first = self.end(items[place - 1]) if place else self.at(argument)
        last = self.at(items[1]) if not place and len(items) > 1 else self.end(argument)
        self.gone.append((first, last, ""))
        return True

    def without_statement(self, statement: ast.stmt) -> bool:
        """Take out a statement; `pass` where it is all that a block holds."""
        parent = self.source.parents.get(statement)
        alone = getattr(parent, "body", []) == [statement]
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        whole = (self.starts[first - 1], self.starts[last], "")
        self.gone.append((self.at(statement), self.end(statement), "pass") if alone else whole)
        return True

    def at(self, node: ast.AST) -> int:
        """Where a node begins, in bytes."""
        return self.starts[getattr(node, "lineno", 1) - 1] + int(getattr(node, "col_offset", 0))

    def end(self, node: ast.AST) -> int:
        """Where a node ends, in bytes."""
        line, column = getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0)
        return self.starts[line - 1] + int(column)

    def text(self) -> str:
        """What is left; of spans that overlap, the widest goes."""
        data, last = self.source.text.encode(), len(self.source.text.encode()) + 1
        made: list[tuple[int, int, str]] = []
        for start, end, new in sorted(set(self.gone), key=lambda span: span[0] - span[1]):
            if all(end <= first or start >= until for first, until, _ in made):
                made.append((start, min(end, last), new))
        for start, end, new in sorted(made, reverse=True):
            data = data[:start] + new.encode() + data[end:]
        return data.decode()


def raises(statement: ast.If) -> bool:
    """Whether a condition only guards a refusal."""
    return all(isinstance(inner, ast.Raise) for inner in statement.body)


def rooted_in(value: ast.expr, name: str) -> bool:
    """Whether a value is a name's own, changed: `X` of `X.assign(a=1)`."""
    while isinstance(value, ast.Call | ast.Attribute | ast.Subscript):
        value = value.func if isinstance(value, ast.Call) else value.value
    return bool(name) and name_of(value) == name
