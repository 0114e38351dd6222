"""A fault in a few lines, good enough for a person to mend it: where, what, why, what to do."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator, Mapping

from iiml_codegen.domain.fault import Fault, FaultClass, Place
from iiml_codegen.integration.module_code import ModuleCode

WIDTH = 160
MOST_VALUES = 8
NEXT: dict[FaultClass, str] = {
    "syntax": "make it Python again; the mark shows where the parser stopped",
    "unusable_output": "replace the text by a module with the functions of the interface",
    "undefined_name": "define or import the name, or correct its spelling",
    "missing_dependency": "install the package, or use one that is installed",
    "incompatible_api": "use a name or an argument that the installed version knows",
    "path": "read from `data_dir`, by a name that the folder has",
    "unknown_column": "use a column that the table has at that point",
    "preprocessing": "give the model finite numbers: fill gaps, guard divisions and logarithms",
    "shape": "keep one row per row of the table, and the same columns for train and test",
    "dtype": "turn the values into the type that is wanted before they get here",
    "memory": "make it smaller: fewer columns, shorter batches, sparse tables, float32",
    "timeout": "make it cheaper: fewer rounds, fewer trees, no loop over rows",
    "disk": "write into the run's own folder only, or free some space",
    "gpu": "compute on the processor, or ask for the card only where there is one",
    "submission_format": "answer every test row once, in the form that the sample shows",
    "contract_fulfilment": "have prep give what the clause says",
    "contract_usage": "have the model ask for no more than the clauses promise",
    "forbidden_read": "read nothing but `data_dir`: labels and earlier runs are withheld",
    "leak": "learn from training rows alone, and from no answer",
    "lost": "run it again; somebody ended it from outside",
    "unknown": "read the end of the log below",
}


def fault_report(fault: Fault, texts: Mapping[str, str]) -> str:
    """Where, what, the source line with the expression marked, values at hand, what to do next."""
    return "\n".join(line.rstrip()[:WIDTH] for line in lines(fault, texts)) + "\n"


def lines(fault: Fault, texts: Mapping[str, str]) -> Iterator[str]:
    """The lines of the report."""
    at = shown_place(fault.place) if fault.place else "(no line of a module)"
    words = [
        f"in {fault.component}" if fault.component else "",
        f"step {fault.step}" if fault.step else "",
    ]
    clause = f"clause {fault.clause}" if fault.clause else ""
    told = ", ".join(word for word in (*words, clause) if word)
    yield f"{at} {fault.code} {fault.kind}{f' ({told})' if told else ''}".replace("  ", " ")
    yield from (f"  {line}" for line in fault.message.strip().splitlines()[:4])
    if fault.place is not None:
        yield from source(fault.place, texts)
    for other in fault.related[:4]:
        yield f"  see {shown_place(other.place)}: {other.message}"
    if fault.values:
        yield "  at hand:"
        yield from (f"    {value.name}: {value.shown}" for value in fault.values[:MOST_VALUES])
    near = nearest(fault)
    if near:
        yield f"  nearest names: {', '.join(near)}"
    if fault.evidence and (fault.clause or not fault.exception):
        kept = [line for line in fault.evidence.splitlines() if not line.startswith("  File ")]
        yield from (f"  {line}" for line in kept[-4:])
    yield f"  next: {NEXT[fault.kind]}"


def shown_place(place: Place) -> str:
    """`file:line:column`, as editors read it."""
    return f"{place.file}:{place.line}:{place.column}"


def source(place: Place, texts: Mapping[str, str]) -> Iterator[str]:
    """The line, with marks under the expression that begins at the column."""
    code = ModuleCode(place.file, texts.get(place.file, ""))
    if not 0 < place.line <= len(code.lines):
        return
    text = code.lines[place.line - 1]
    indent = len(text) - len(text.lstrip())
    start = min(max(place.column - 1, indent), max(len(text) - 1, 0))
    yield f"  {place.line:>5} | {text.strip()}"
    yield f"        | {' ' * (start - indent)}{'^' * marked(code, place.line, start)}"


def marked(code: ModuleCode, line: int, start: int) -> int:
    """How many characters the longest expression from a column on takes of its line."""
    longest = 1
    for node in ast.walk(code.tree):
        if not isinstance(node, ast.expr | ast.keyword) or node.lineno != line:
            continue
        if code.characters(line, node.col_offset) == start:
            last = len(code.lines[line - 1].rstrip())
            ends = node.end_lineno == line
            end = code.characters(line, node.end_col_offset or 0) if ends else last
            longest = max(longest, end - start)
    return longest


def nearest(fault: Fault) -> list[str]:
    """Names at hand that are like those that are missing."""
    if fault.kind not in ("unknown_column", "contract_usage", "contract_fulfilment", "path"):
        return []
    known = {
        name.strip()
        for value in fault.values
        if "columns: " in value.shown
        for name in value.shown.split("columns: ")[1].split(",")
    }
    wanted = [name for name in fault.names if name not in known]
    found = [
        near for name in wanted for near in difflib.get_close_matches(name, sorted(known), 3, 0.5)
    ]
    return list(dict.fromkeys(found))[:6]
