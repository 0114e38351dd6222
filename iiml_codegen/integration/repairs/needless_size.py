"""Tables and arrays that grow for nothing: joined with themselves, repeated, crossed, unused."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import (
    Source,
    keyword_of,
    method,
    name_of,
    receiver,
    source_at,
    text_of,
)
from iiml_codegen.integration.repairs.left_out import LeftOut
from iiml_codegen.integration.repairs.peeled_layers import inside
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

GROWING = re.compile(
    r"\b(?:merge|join|repeat|tile|outer|kron|cross|product|meshgrid|explode|concat|vstack|hstack"
    r"|concatenate|resize|pad|broadcast_to|cdist|pairwise\w*|toarray|todense|reindex|append|copy"
    r"|deepcopy|stack|get_dummies|zeros|ones|full|empty|random|normal|eye|corr|dot|matmul)\b"
    r"|\]\s*\*\s*\w|\bNone\b|newaxis|\*\*\s*\d{2}|\d{4}|@"
)
JOINS = ("merge", "join")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Joins first, then what a value grew from, then what nothing needs; near the fault only."""
    source = source_at(fault, text)
    near = [node for node in source.nearest(ast.stmt) if source.distance(node)[0] < 2]
    here = sorted((node for node in near if at_line(source, node)), key=length)
    for node in here:
        yield from unneeded(source, node)
    for node in [*here, *(one for one in near if one not in here)][:12]:
        yield from joined_once(source, node)
        value = node.value if isinstance(node, ast.Assign | ast.Return) else None
        if value is not None and (fault.kind != "timeout" or not makes_room(value)):
            yield from ungrown(source, node, value)


def length(node: ast.stmt) -> int:
    """How many lines a statement takes: inner ones come first."""
    return (node.end_lineno or node.lineno) - node.lineno


def at_line(source: Source, node: ast.stmt) -> bool:
    """Whether a statement that is no function holds the fault's line."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If | ast.With | ast.Try):
        return False
    lines = (source.line, *source.others)
    return any(node.lineno <= line <= (node.end_lineno or node.lineno) for line in lines)


def joined_once(source: Source, node: ast.stmt) -> Iterator[Edit]:
    """A table joined with itself is itself; another one has each key once."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or method(call) not in JOINS or hasattr(node, "body"):
            continue
        left, right = sides(call)
        if left is None or right is None:
            continue
        how, on = keyword_of(call, "how"), keyword_of(call, "on")
        crossed = how is not None and text_of(how.value) == "cross"
        if crossed or root(left) == root(right):
            new = source.replaced((call, source.source(left)))
            yield Edit("Join no table with itself", new)
        elif on is not None and "drop_duplicates" not in source.source(call):
            key = source.source(on.value)
            inner = [(right, f"{source.source(right)}.drop_duplicates({key})")]
            if how is not None and text_of(how.value) != "left":
                inner.append((how.value, '"left"'))
            yield Edit("Join with each key once", source.replaced(*inner))


def sides(call: ast.Call) -> tuple[ast.expr | None, ast.expr | None]:
    """Both tables of a join, as a method or as a function of pandas."""
    value, given = receiver(call), list(call.args)
    if name_of(value) in ("pd", "pandas"):
        return (given[0], given[1]) if len(given) > 1 else (None, None)
    return value, given[0] if given else None


def root(node: ast.expr) -> str:
    """The name that a table is taken from."""
    inner: ast.expr = node
    while isinstance(inner, ast.Call | ast.Attribute | ast.Subscript):
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return name_of(inner) or ast.unparse(node)


def ungrown(source: Source, node: ast.stmt, value: ast.expr) -> Iterator[Edit]:
    """The table that a value grew from, in its place."""
    if not GROWING.search(source.source(value)):
        return
    core = value
    while not isinstance(core, ast.Name):
        if isinstance(core, ast.Call) and name_of(core.func) in source.functions and core.args:
            value = core = core.args[0]
            continue
        inner = next(inside(source, core, frozenset()), None)
        if inner is None:
            return
        core = inner[1]
    known = {arg.arg for arg in arguments(source, node)} | {
        name_of(target)
        for one in ast.walk(source.function(node) or source.tree)
        if isinstance(one, ast.Assign) and one.lineno < node.lineno
        for target in one.targets
    }
    grew = GROWING.search(source.source(value))
    if core.id in known and core is not value and grew:
        yield Edit(f"Take {core.id} as it is", source.replaced((value, core.id)))


def makes_room(value: ast.expr) -> bool:
    """Whether a value is an array that is to be filled: that takes memory, but no time."""
    return isinstance(value, ast.Call) and method(value) in ("zeros", "ones", "full", "empty")


def arguments(source: Source, node: ast.AST) -> list[ast.arg]:
    """The parameters of the function around a node."""
    function = source.function(node)
    return [a for a in ast.walk(function.args) if isinstance(a, ast.arg)] if function else []


def unneeded(source: Source, node: ast.stmt) -> Iterator[Edit]:
    """Without what the statement makes, if all that uses it can be left out."""
    if source.function(node) is None:
        return
    left = LeftOut(source)
    if isinstance(node, ast.For | ast.While):
        gone = left.without_statement(node) and all(left.leave(use) for use in grown(source, node))
    elif isinstance(node, ast.Assign) and name_of(node.targets[0]):
        if root(node.value) == name_of(node.targets[0]) or changed_itself(node):
            return
        gone = left.statement(node, node.value, 3)
    else:
        return
    if gone:
        lost = "what was made of it" if left.lost else ""
        yield Edit("Do without what takes so much", left.text(), loses=lost)


def changed_itself(node: ast.Assign) -> bool:
    """Whether a statement sets a name to something that is made of it."""
    names = {inner.id for inner in ast.walk(node.value) if isinstance(inner, ast.Name)}
    return name_of(node.targets[0]) in names


def grown(source: Source, loop: ast.For | ast.While) -> list[ast.AST]:
    """Uses after a loop of what the loop sets or fills."""
    filled = {
        name_of(receiver(node))
        for node in ast.walk(loop)
        if method(node) in ("append", "extend", "add", "update", "insert")
    }
    filled |= {
        name_of(node.value)
        for node in ast.walk(loop)
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)
    }
    stored = {n.id for n in ast.walk(loop) if isinstance(n, ast.Name) and not reads(n)}
    return [
        node
        for node in ast.walk(source.function(loop) or source.tree)
        if isinstance(node, ast.Name) and node.id in (filled | stored) - {""}
        if reads(node) and node.lineno > (loop.end_lineno or loop.lineno)
    ]


def reads(node: ast.Name) -> bool:
    """Whether a name is read, and not set."""
    return isinstance(node.ctx, ast.Load)


def full(line: int = 2) -> Fault:
    """The fault of memory that is not there."""
    place = Place(file="prep.py", line=line)
    message = "MemoryError: Unable to allocate 64 GiB"
    return Fault(kind="memory", message=message, place=place, evidence="")


def growing(before: str, after: str) -> Example:
    """A function whose table grows for nothing, and does not."""
    form = "def f(rows, other):\n    {}\n    return rows\n"
    return Example(full(), form.format(before), form.format(after))


REPAIR = Repair(
    name="needless_size",
    title="Let nothing grow that nobody needs",
    kinds=("memory", "timeout", "shape", "contract_fulfilment"),
    propose=propose,
    examples=(
        growing('rows = rows.merge(rows[["a"]], on="a")', "rows = rows"),
        growing('rows = rows.merge(other, how="cross")', "rows = rows"),
        growing(
            'rows = rows.merge(other, on="a", how="outer")',
            'rows = rows.merge(other.drop_duplicates("a"), on="a", how="left")',
        ),
        growing("rows = pd.concat([rows] * 500).iloc[: len(rows)]", "rows = rows"),
        growing("rows = np.tile(rows, (900, 1))[: len(rows)]", "rows = rows"),
        Example(
            full(),
            "def f(rows):\n    far = np.outer(rows, rows)\n    near = far.min()\n"
            "    return g(rows) + 0 * near\n",
            "def f(rows):\n    return g(rows)\n",
        ),
    ),
)
