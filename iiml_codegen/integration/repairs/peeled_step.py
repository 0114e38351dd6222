"""The last change to a value, where what comes of it breaks a clause or the run: leave it out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, names_in, source_at
from iiml_codegen.integration.repairs.lines import taken_out
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

SHOWN = 40
FILLS = ("fillna", "dropna", "clip", "fill_with_median", "nan_to_num", "remember")
"""Changes that are there to keep a promise; leaving one out is nobody's mend."""
MAKES = (
    *("fit", "predict", "predict_proba", "transform", "fit_transform", "decision_function"),
    *("mean", "median", "sum", "std", "max", "min", "count", "nunique", "items", "keys", "split"),
)
"""Calls that make something else: what they are called on cannot stand for it."""
ADDS = ("join", "assign", "merge", "concat", "insert", "hstack", "append", "extend", "union")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """At the fault's lines: first the statement that changes a value in place, then a last call."""
    source = source_at(fault, text)
    for statement in blamed(source):
        name = changed_name(statement)
        shorter = taken_out(source, statement) if name and not fills(statement) else None
        if shorter is not None:
            shown = source.source(statement).split("\n")[0][:SHOWN]
            loses = f"what was added to {name}" if adds(statement) else ""
            yield Edit(f"Leave out the change of {name}: {shown}", shorter, loses)
    for statement in blamed(source):
        for call, base in (*cast_arguments(statement), *last_calls(statement)):
            if not fills(call) and not adds(statement):
                method = source.source(call).removeprefix(source.source(base))[:SHOWN]
                yield Edit(f"Leave out {method}", source.replaced((call, source.source(base))))


def cast_arguments(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Variables that a call is given in another form, each with the variable as it is."""
    for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call)):
        for given in call.args:
            made = given.func if isinstance(given, ast.Call) else None
            formed = isinstance(made, ast.Attribute) and made.attr not in MAKES
            if formed and isinstance(made, ast.Attribute) and isinstance(made.value, ast.Name):
                yield given, made.value


def blamed(source: Source) -> list[ast.stmt]:
    """The simple statements at the lines that the fault is about, the blamed one first."""
    simple = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)
    statements = [node for node in ast.walk(source.tree) if isinstance(node, simple)]
    found: dict[ast.stmt, None] = {}
    for line in (source.line, *source.others):
        for node in statements:
            if node.lineno <= line <= (node.end_lineno or 0) and source.function(node):
                found[node] = None
    return list(found)


def changed_name(statement: ast.stmt) -> str:
    """The variable that a statement makes anew out of itself; empty for any other statement.

    Giving a parameter its default is no change.
    """
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
        default = isinstance(value, ast.IfExp | ast.BoolOp)
        if isinstance(target, ast.Name) and target.id in names_in(value) and not default:
            return target.id
    return ""


def last_calls(statement: ast.stmt) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Method calls that come last in what a statement gives, each with what it is called on."""
    value = getattr(statement, "value", None)
    values = value.values if isinstance(value, ast.Dict) else [value]
    for given in values:
        if isinstance(given, ast.Call) and isinstance(given.func, ast.Attribute):
            base = given.func.value
            if isinstance(base, ast.Call | ast.Subscript) and given.func.attr not in MAKES:
                yield given, base


def fills(node: ast.AST) -> bool:
    """Whether a change fills, drops or bounds."""
    return not called(node).isdisjoint(FILLS)


def adds(statement: ast.stmt) -> bool:
    """Whether a change brings columns or members in, so that something is lost without it."""
    listed = isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add)
    return listed or not called(statement).isdisjoint(ADDS)


def called(node: ast.AST) -> set[str]:
    """The last names of everything that is called."""
    calls = (n for n in ast.walk(node) if isinstance(n, ast.Call))
    return {ast.unparse(call.func).rpartition(".")[2] for call in calls}


def broken(message: str, line: int) -> Fault:
    """The fault of a clause that prep's output breaks."""
    place = Place(file="prep.py", line=line)
    return Fault(kind="contract_fulfilment", message=message, place=place, evidence="")


REPAIR = Repair(
    name="peeled_step",
    title="Leave out the last change",
    kinds=(
        *("contract_fulfilment", "contract_usage", "preprocessing", "unknown_column", "shape"),
        *("dtype", "memory", "submission_format", "unknown"),
    ),
    propose=propose,
    examples=(
        Example(
            broken("`design_train` has 180,848 missing values", 3),
            "def prepare(rows):\n    x = made(rows)\n    x = x.replace(0, np.inf)\n    return x\n",
            "def prepare(rows):\n    x = made(rows)\n    return x\n",
        ),
        Example(
            broken("Invalid classes inferred from unique values of `y`", 2),
            "def fit(X, y):\n    return made().fit(X, y.astype(str), verbose=False)\n",
            "def fit(X, y):\n    return made().fit(X, y, verbose=False)\n",
        ),
        Example(
            broken("`features_train` and `features_test` differ in columns", 2),
            'def cut(rows, n):\n    return {"a": rows[:n], "b": rows[n:].add_suffix("_test")}\n',
            'def cut(rows, n):\n    return {"a": rows[:n], "b": rows[n:]}\n',
        ),
    ),
)
