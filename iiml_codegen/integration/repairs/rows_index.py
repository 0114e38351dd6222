"""Tables whose rows are numbered otherwise than those that they were made of: the same index."""

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
)
from iiml_codegen.integration.repairs.lines import taken_out
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

SIGNS = (
    r"missing|NaN|gaps|\brows?\b|order|index|duplicate|no better than|lacks columns|does not list"
    r"|[Ll]ength|several columns"
)
FRAMES = ("DataFrame", "Series", "Categorical")
TABLES = r"rows|frame|table|features|numbers|train|data|df|values|names|keyed"
MOVING = ("shift", "set_index", "reindex", "sort_index", "sort_values", "sample", "set_axis")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Only where an index is another than a table's own: given, set, or made anew."""
    if not re.search(SIGNS, fault.message):
        return
    source = source_at(fault, text)
    if "prepare" not in source.functions:
        return
    yield from given_index(source)
    yield from set_index(source)
    yield from kept_as_column(source, fault)
    yield from moved(source)
    yield from stacked(source)


def given_index(source: Source) -> Iterator[Edit]:
    """`pd.DataFrame(x, index=range(n))` in a function of rows: `index=rows.index`."""
    for call in source.nearest(ast.Call):
        index, table = keyword_of(call, "index"), table_of(source, call)
        if method(call) not in FRAMES or index is None or not table:
            continue
        plain = isinstance(index.value, ast.Attribute) and index.value.attr == "index"
        if not plain:
            new = source.replaced((index.value, f"{table}.index"))
            yield Edit(f"Keep the index of {table}", new)
    for call in source.nearest(ast.Call):
        table = table_of(source, call)
        if method(call) != "DataFrame" or not table or keyword_of(call, "index") or not call.args:
            continue
        if source.distance(call)[0] == 0 and len(call.args) == 1:
            new = f"{source.source(call)[:-1].rstrip().rstrip(',')}, index={table}.index)"
            yield Edit(f"Keep the index of {table}", source.replaced((call, new)))


def table_of(source: Source, node: ast.AST) -> str:
    """The table that a function is given: by its annotation, else by its name."""
    function = source.function(node)
    if function is None or function.name in ("prepare", "extract"):
        return ""
    given = [*function.args.posonlyargs, *function.args.args]
    typed = [a.arg for a in given if a.annotation and is_table(source.source(a.annotation))]
    named = [a.arg for a in given if re.fullmatch(TABLES, a.arg)]
    return next(iter([*typed, *named]), "")


def is_table(annotation: str) -> bool:
    """Whether an annotation says that a parameter is a table or one of its columns."""
    return (
        re.fullmatch(r"(?:pd\.|pandas\.)?(?:DataFrame|Series)(?:\[.*\])?", annotation) is not None
    )


def set_index(source: Source) -> Iterator[Edit]:
    """`x.index = ...` is not done."""
    for node in source.nearest(ast.Assign):
        target = node.targets[0]
        if isinstance(target, ast.Attribute) and target.attr == "index":
            own = isinstance(node.value, ast.Attribute) and node.value.attr == "index"
            if not own and (shorter := taken_out(source, node)):
                yield Edit("Let the rows keep their index", shorter)


def kept_as_column(source: Source, fault: Fault) -> Iterator[Edit]:
    """`reset_index()` makes a column of the old index: drop it."""
    listed = re.search(r"index|level_0", f"{fault.message} {' '.join(fault.names)}")
    for call in source.nearest(ast.Call):
        plain = method(call) == "reset_index" and not call.args and not call.keywords
        if plain and listed:
            new = f"{source.source(call)[:-1]}drop=True)"
            yield Edit("Let no old index become a column", source.replaced((call, new)))


def moved(source: Source) -> Iterator[Edit]:
    """Calls that move rows or their index on the way of a table, near the fault's line."""
    for call in source.nearest(ast.Call):
        value, ranks = receiver(call), source.distance(call)
        table = value is not None and name_of(value) not in ("np", "pd")
        if method(call) in MOVING and table and value is not None and ranks[0] < 2:
            if method(call) == "sort_index" and method(value) == "value_counts":
                continue
            if in_sorted_list(source, call):
                continue
            new = source.replaced((call, source.source(value)))
            yield Edit(f"Move no rows: no {method(call)}", new)


def in_sorted_list(source: Source, call: ast.Call) -> bool:
    """Whether only an index is read off, such as `counts.sort_values().index`."""
    parent = source.parents.get(call)
    return isinstance(parent, ast.Attribute) and parent.attr in ("index", "iloc", "head", "tail")


def stacked(source: Source) -> Iterator[Edit]:
    """Tables below each other are numbered anew."""
    for call in source.nearest(ast.Call):
        names = {keyword.arg for keyword in call.keywords}
        if method(call) == "concat" and not names & {"axis", "ignore_index", "keys"}:
            listed = isinstance(call.args[0], ast.List) if call.args else False
            if listed and len(call.args) == 1:
                new = f"{source.source(call)[:-1].rstrip().rstrip(',')}, ignore_index=True)"
                yield Edit("Number stacked rows anew", source.replaced((call, new)))


def gaps(line: int = 2) -> Fault:
    """The fault of gaps that fill whole rows."""
    place = Place(file="prep.py", line=line)
    return Fault(
        kind="contract_fulfilment",
        message="`design_train` has 1 missing values: Age",
        place=place,
        evidence="",
    )


def made(before: str, after: str) -> Example:
    """A function that makes a table of another, wrong and right."""
    end = "\n\n\ndef prepare(data_dir):\n    return {}\n"
    head = "def filled(rows, columns):\n    "
    return Example(gaps(), f"{head}{before}{end}", f"{head}{after}{end}")


RIGHT = "return pd.DataFrame(columns, index=rows.index)"
REPAIR = Repair(
    name="rows_index",
    title="Keep the index of the rows",
    kinds=("contract_fulfilment", "preprocessing", "shape", "submission_format", "unknown"),
    propose=propose,
    examples=(
        made("return pd.DataFrame(columns, index=range(1, 1 + len(rows)))", RIGHT),
        made("return pd.DataFrame(columns, index=rows.index + 1)", RIGHT),
        made("return pd.DataFrame(columns)", RIGHT),
        made(
            f"rows.index = np.arange(1, 9)\n    {RIGHT}",
            RIGHT,
        ),
        made(f"{RIGHT}.shift(1)", RIGHT),
        made(
            "return pd.concat([rows, columns])",
            "return pd.concat([rows, columns], ignore_index=True)",
        ),
    ),
)
