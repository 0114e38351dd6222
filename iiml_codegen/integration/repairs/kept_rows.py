"""Rows that were dropped, repeated or reordered: keep every row in its place."""

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
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

SIGNS = (
    r"\brows?\b|inconsistent numbers|[Ll]ength|not aligned|broadcast|answers for|mismatch|twice"
    r"|duplicate|samples|same size|index|order|stand as|incompatible"
)
DROPPING = ("dropna", "drop_duplicates", "sample", "head", "tail", "query", "nlargest", "nsmallest")
SHUFFLING = ("sort_values", "sort_index")
SUMMARY = (
    *("value_counts", "unique", "nunique", "tolist", "mean", "median", "std", "mode", "groupby"),
    *("max", "min", "sum", "agg", "set_index", "to_dict", "quantile", "index", "columns"),
)


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Merges and parts of tables first, then calls that drop or move rows, then sums by group."""
    if not re.search(SIGNS, fault.message) or fault.message.startswith("predictions"):
        return
    source = source_at(fault, text)
    yield from merged_once(source)
    yield from whole_tables(source)
    calls = [call for call in source.nearest(ast.Call) if drops(source, call)]
    for call in sorted(calls, key=lambda call: weight(source, call))[:3]:
        value = receiver(call)
        if value is not None and not (isinstance(value, ast.Name) and value.id in ("np", "pd")):
            new = source.source(value)
            if method(call) == "dropna" and keyword_of(call, "axis"):
                continue
            yield Edit(f"Keep all rows: no {method(call)}", source.replaced((call, new)))
    yield from unmasked(source)
    yield from in_place_of_groups(source)


def weight(source: Source, call: ast.Call) -> tuple[int, tuple[int, int, int]]:
    """Calls in `prepare` and `extract` first, then by distance."""
    function = source.function(call)
    main = function is not None and function.name in ("prepare", "extract")
    return (0 if main or source.distance(call)[0] == 0 else 1), source.distance(call)


def drops(source: Source, call: ast.Call) -> bool:
    """Whether a call drops or moves rows of what goes on, and not of what is only summed up."""
    counted = re.search(r"value_counts|\bcounts\b|unique", source.source(call))
    if method(call) not in (*DROPPING, *SHUFFLING) or counted:
        return False
    outer = source.parents.get(call)
    while isinstance(outer, ast.Attribute | ast.Call):
        if isinstance(outer, ast.Attribute) and outer.attr in SUMMARY:
            return False
        outer = source.parents.get(outer)
    return True


def merged_once(source: Source) -> Iterator[Edit]:
    """A merge that may find several rows for a key finds the first."""
    for call in source.nearest(ast.Call):
        keyword = keyword_of(call, "on")
        if method(call) != "merge" or keyword is None or not call.args:
            continue
        other = (
            call.args[1] if name_of(receiver(call)) == "pd" and len(call.args) > 1 else call.args[0]
        )
        key = source.source(keyword.value)
        if "drop_duplicates" not in source.source(other):
            new = f"{source.source(other)}.drop_duplicates({key})"
            edits = [(other, new)]
            how = keyword_of(call, "how")
            if how is not None and text_of(how.value) != "left":
                edits.append((how.value, '"left"'))
            changed = source.replaced(*edits)
            if how is None:
                end = f'{key}, how="left"'
                changed = source.replaced((other, new), (keyword.value, end))
            yield Edit("Join one row for each key, and keep all rows", changed)


def whole_tables(source: Source) -> Iterator[Edit]:
    """Slices and conditions that take a part of a table where it is set: the whole table."""
    for node in source.nearest(ast.Assign):
        value, name = node.value, name_of(node.targets[0])
        if not isinstance(value, ast.Subscript) or not name:
            continue
        inner = value.value.value if isinstance(value.value, ast.Attribute) else value.value
        condition = isinstance(value.slice, ast.Compare | ast.BoolOp | ast.UnaryOp)
        cut = isinstance(value.slice, ast.Slice)
        masked = isinstance(value.slice, ast.Call) and method(value.slice) in (
            "notna",
            "notnull",
            "between",
            "isin",
        )
        if name_of(inner) == name and (condition or cut or masked):
            yield Edit(f"Keep all rows of {name}", source.replaced((value, name)))


def unmasked(source: Source) -> Iterator[Edit]:
    """`x[condition]` within a longer expression of `prepare`: all rows of x."""
    for node in source.nearest(ast.Subscript):
        function = source.function(node)
        chosen = isinstance(node.slice, ast.Compare | ast.BoolOp) or (
            method(node.slice) in ("notna", "notnull", "isna", "between", "isin", "duplicated")
        )
        main = function is not None and function.name in ("prepare", "extract")
        if main and chosen and isinstance(node.ctx, ast.Load):
            new = source.source(node.value)
            yield Edit("Keep all rows: no condition", source.replaced((node, new)))


def in_place_of_groups(source: Source) -> Iterator[Edit]:
    """A value per group where one per row is wanted: `transform`."""
    for call in source.nearest(ast.Call):
        inner = receiver(call)
        if method(call) in ("mean", "median", "sum", "max", "min", "std", "count", "nunique"):
            grouped = isinstance(inner, ast.Subscript) and method(inner.value) == "groupby"
            statement = source.statement(call)
            if grouped and isinstance(statement, ast.Assign) and source.distance(call)[0] == 0:
                new = f'{source.source(inner or call)}.transform("{method(call)}")'
                yield Edit("Give each row the value of its group", source.replaced((call, new)))


def rows(message: str, line: int = 1) -> Fault:
    """The fault of rows that do not fit."""
    place = Place(file="prep.py", line=line)
    return Fault(kind="shape", message=message, place=place, evidence="")


FEWER = rows("`features_train` has 183 rows, the train table has 891")
REPAIR = Repair(
    name="kept_rows",
    title="Keep every row in its place",
    kinds=("shape", "contract_fulfilment", "submission_format", "preprocessing", "unknown"),
    propose=propose,
    examples=(
        Example(FEWER, "t = pd.read_csv(f).dropna()\n", "t = pd.read_csv(f)\n"),
        Example(FEWER, 't = t[t["Age"] > 0]  # adults\n', "t = t  # adults\n"),
        Example(
            FEWER,
            't = t.merge(u, on="Ticket")\n',
            't = t.merge(u.drop_duplicates("Ticket"), on="Ticket", how="left")\n',
        ),
        Example(
            rows("ValueError: Length of values (9) does not match length of index (20)"),
            't["m"] = t.groupby("Ticket")["Fare"].mean()\n',
            't["m"] = t.groupby("Ticket")["Fare"].transform("mean")\n',
        ),
    ),
)
