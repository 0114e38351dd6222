"""Rows and columns confused: the other axis, side by side instead of below each other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import Source, keyword_of, method, source_at
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

SIGNS = (
    r"rows|columns|shape|dimension|samples|features|align|broadcast|axis|length|size|index"
    r"|duplicate|concatenat|NaN|missing|not found|out of bounds"
)
INDEX = r"[Rr]eindex|uniquely|[Nn]on-unique|not unique|do not stand|duplicate"
OTHERS = {
    "vstack": "hstack",
    "hstack": "vstack",
    "stack": "column_stack",
    "column_stack": "stack",
    "row_stack": "column_stack",
}
OTHER_AXIS = {"0": "1", "1": "0", "-1": "0", "'columns'": '"index"', "'index'": '"columns"'}


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Joins and stacks first, as they decide a view's shape; then sums; then transpositions."""
    if not re.search(SIGNS, fault.message):
        return
    source = source_at(fault, text)
    calls = source.nearest(ast.Call)
    if re.search(INDEX, fault.message):
        yield from numbered_anew(source, calls)
    yield from other_joins(source, [call for call in calls if method(call) == "concat"])
    yield from stacks(source, calls)
    rest = [call for call in calls if keyword_of(call, "axis") and method(call) != "concat"]
    yield from other_axes(source, [call for call in rest if source.distance(call)[0] == 0])
    yield from transposed(source)


def other_joins(source: Source, calls: list[ast.Call]) -> Iterator[Edit]:
    """`pd.concat` the other way; parts of the same rows are never put below each other."""
    for call in calls[:4]:
        axis = keyword_of(call, "axis")
        below = axis is None or ast.unparse(axis.value) in ("0", "'index'", "'rows'")
        if below and tables_of_both(source, call):
            continue
        if axis is None:
            new = f"{source.source(call)[:-1].rstrip().rstrip(',')}, axis=1)"
            yield Edit("Join side by side (axis=1)", source.replaced((call, new)))
        else:
            other = OTHER_AXIS.get(ast.unparse(axis.value))
            if other and (below or tables_of_both(source, call)):
                yield Edit(f"Join along axis {other}", source.replaced((axis.value, other)))


def numbered_anew(source: Source, calls: list[ast.Call]) -> Iterator[Edit]:
    """Joins whose rows are numbered from 0 on: below each other, and side by side."""
    for call in calls:
        if method(call) != "concat" or not call.args or keyword_of(call, "ignore_index"):
            continue
        whole, axis = source.source(call)[:-1].rstrip().rstrip(","), keyword_of(call, "axis")
        below = axis is None or ast.unparse(axis.value) == "0"
        if below and tables_of_both(source, call):
            new = source.replaced((call, f"{whole}, ignore_index=True)"))
            yield Edit("Number the joined rows anew (ignore_index)", new)
        elif not below and "reset_index" not in whole:
            inner = f"[block.reset_index(drop=True) for block in {source.source(call.args[0])}]"
            yield Edit("Join rows by their place", source.replaced((call.args[0], inner)))


def tables_of_both(source: Source, call: ast.Call) -> bool:
    """Whether a join speaks of train and test, whose rows do belong below each other."""
    joined = source.source(call.args[0]) if call.args else ""
    return "train" in joined and "test" in joined


def stacks(source: Source, calls: list[ast.Call]) -> Iterator[Edit]:
    """Stacks of the other direction, at the line or in the function."""
    for call in [call for call in calls if method(call) in OTHERS and call.args][:3]:
        function = call.func
        if isinstance(function, ast.Attribute) and "sparse" not in source.source(call.func):
            new = f"{source.source(function.value)}.{OTHERS[function.attr]}"
            title = f"Stack the other way: {OTHERS[function.attr]}"
            yield Edit(title, source.replaced((function, new)))


def other_axes(source: Source, calls: list[ast.Call]) -> Iterator[Edit]:
    """The same calls along the other axis."""
    for call in calls[:3]:
        axis = keyword_of(call, "axis")
        other = OTHER_AXIS.get(ast.unparse(axis.value)) if axis else None
        if axis and other:
            title = f"Let {method(call)} go along axis {other}"
            yield Edit(title, source.replaced((axis.value, other)))


def transposed(source: Source) -> Iterator[Edit]:
    """`x.T` at the line as `x`."""
    for node in source.nearest(ast.Attribute):
        if node.attr == "T" and source.distance(node)[0] < 2:
            new = source.source(node.value)
            yield Edit("Leave rows and columns as they are", source.replaced((node, new)))


def shaped(message: str) -> Fault:
    """The fault of a shape."""
    return Fault(kind="shape", message=message, place=Place(file="prep.py", line=1), evidence="")


REPAIR = Repair(
    name="along_axis",
    title="Go along the other axis",
    kinds=("shape", "contract_fulfilment", "preprocessing", "unknown_column", "unknown"),
    propose=propose,
    examples=(
        Example(
            shaped("InvalidIndexError: Reindexing only valid with uniquely valued Index objects"),
            "rows = pd.concat([train[N], test[N]])\n",
            "rows = pd.concat([train[N], test[N]], ignore_index=True)\n",
        ),
        Example(
            shaped("`features_train` has 1782 rows, the train table has 891"),
            "f = pd.concat([a, b])\n",
            "f = pd.concat([a, b], axis=1)\n",
        ),
        Example(
            shaped("`features_train` has 1782 rows, the train table has 891"),
            "f = pd.concat(blocks, axis=0, copy=False)\n",
            "f = pd.concat(blocks, axis=1, copy=False)\n",
        ),
        Example(
            shaped("ValueError: all the input array dimensions except for the concatenation axis"),
            "f = np.vstack([a, b])\n",
            "f = np.hstack([a, b])\n",
        ),
        Example(
            shaped("ValueError: Length of values (5) does not match length of index (9)"),
            't["total"] = t[N].sum(axis=0)\n',
            't["total"] = t[N].sum(axis=1)\n',
        ),
    ),
)
