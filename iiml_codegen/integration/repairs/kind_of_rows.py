"""Rows of another kind than the model thinks: frames as arrays, sparse tables as frames."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import insert_at_start, rows_parameter
from iiml_codegen.integration.repairs.flow import Source, method, name_of, source_at
from iiml_codegen.integration.repairs.lines import taken_out
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

SIGNS = (
    r"has no attribute|InvalidIndexError|invalid key|unhashable|not supported|TypeError|KeyError"
    r"|has no column"
    r"|sparse|toarray|dense|ambiguous|slice|indices must be|read-only|is of kind|not found in axis"
)
FRAME_ONLY = ("values", "to_numpy", "iloc", "loc", "copy")
SPARSE_ONLY = ("toarray", "todense", "tocsr", "A", "tocsc")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Less first: without what only the other kind has; then converted on the way in."""
    if not re.search(SIGNS, fault.message):
        return
    source, kind = source_at(fault, text), view_kind(facts)
    sparse = kind == "sparse" or re.search(r"cs[rc]_|sparse|'ndarray'", fault.message)
    yield from without(source, FRAME_ONLY if sparse else SPARSE_ONLY)
    if not sparse:
        yield from by_position(source)
    yield from without_drop(source, fault)
    if "prepare" not in source.functions and re.search(r"dense|sparse|toarray", fault.message):
        yield from converted(text)


def view_kind(facts: Facts) -> str:
    """The kind of the view that the model takes."""
    views = facts.contract.views if facts.contract else ()
    return next((view.kind for view in views if view.name == facts.view), "")


def without(source: Source, names: tuple[str, ...]) -> Iterator[Edit]:
    """Attributes that this kind of rows has not got, taken off."""
    for node in source.nearest(ast.Attribute):
        if node.attr not in names or source.distance(node)[0] > 1:
            continue
        parent = source.parents.get(node)
        whole = parent if isinstance(parent, ast.Call) and parent.func is node else node
        new = source.source(node.value)
        yield Edit(f"Take the rows as they are, without {node.attr}", source.replaced((whole, new)))


def by_position(source: Source) -> Iterator[Edit]:
    """`X[:, 1:]` of a frame as `X.iloc[:, 1:]`."""
    for node in source.nearest(ast.Subscript):
        plain = isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Tuple)
        if plain and source.distance(node)[0] == 0:
            new = f"{source.source(node.value)}.iloc"
            yield Edit("Take columns of a frame by position", source.replaced((node.value, new)))
            whole = source.source(node.value)
            yield Edit("Take all columns of the frame", source.replaced((node, whole)))


def without_drop(source: Source, fault: Fault) -> Iterator[Edit]:
    """A column that a model drops and that its view has not got: nothing to drop."""
    if not re.search(r"not found in axis|KeyError|not in index|has no column", fault.message):
        return
    for call in source.nearest(ast.Call):
        if method(call) == "drop" and source.distance(call)[0] == 0:
            statement, value = source.statement(call), call.func
            if isinstance(statement, ast.Assign) and statement.value is call:
                shorter = taken_out(source, statement)
                if shorter and isinstance(value, ast.Attribute) and same(value.value, statement):
                    yield Edit("Drop no column that is not there", shorter)
            inner = f'{source.source(call)[:-1].rstrip().rstrip(",")}, errors="ignore")'
            yield Edit("Drop columns only where they are", source.replaced((call, inner)))


def same(value: ast.expr, statement: ast.Assign) -> bool:
    """Whether a statement changes the very name that it reads."""
    return bool(name_of(value)) and name_of(value) == name_of(statement.targets[0])


def converted(text: str) -> Iterator[Edit]:
    """Rows made dense on the way in, where a model takes no sparse ones."""
    dense = text
    for function in ("fit", "predict"):
        rows = rows_parameter(dense, function)
        if rows is None:
            return
        dense = insert_at_start(dense, function, f"{rows} = {rows}.toarray()")
    yield Edit("Make the rows dense for this model", dense, loses="memory: all zeros are kept")


def odd(message: str, line: int = 2) -> Fault:
    """The fault of rows of another kind."""
    place = Place(file="model_a.py", line=line)
    return Fault(kind="contract_usage", message=message, place=place, evidence="")


HEAD = "def fit(X, y):\n    "
REPAIR = Repair(
    name="kind_of_rows",
    title="Take rows as the kind that they are",
    kinds=("contract_usage", "incompatible_api", "dtype", "shape", "unknown_column", "unknown"),
    propose=propose,
    examples=(
        Example(
            odd("AttributeError: 'csr_matrix' object has no attribute 'values'"),
            f"{HEAD}return m.fit(X.values, y)\n",
            f"{HEAD}return m.fit(X, y)\n",
        ),
        Example(
            odd("AttributeError: 'DataFrame' object has no attribute 'toarray'"),
            f"{HEAD}return m.fit(X.toarray(), y)\n",
            f"{HEAD}return m.fit(X, y)\n",
        ),
        Example(
            odd("InvalidIndexError: (slice(None, None, None), slice(1, None, None))"),
            f"{HEAD}return m.fit(X[:, 1:], y)\n",
            f"{HEAD}return m.fit(X.iloc[:, 1:], y)\n",
        ),
        Example(
            odd("KeyError: \"['Title'] not found in axis\""),
            f'{HEAD}X = X.drop(columns=["Title"])\n    return m.fit(X, y)\n',
            f"{HEAD}return m.fit(X, y)\n",
        ),
    ),
)
