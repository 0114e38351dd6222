"""Accessors and formats: dates that were not read as dates, text that is not text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import on_one_line
from iiml_codegen.integration.repairs.flow import Source, keyword_of, method, source_at
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import with_import

DATES = (
    r"\.dt accessor|time data|doesn't match format|unconverted data|day is out of range|datetime"
)
TEXT = r"\.str accessor|expected string or bytes|'float' object has no attribute|sequence item"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First what the accessor needs, then formats that are left to pandas."""
    source = source_at(fault, text)
    if re.search(DATES, fault.message):
        for node in accessors(source, "dt"):
            new = f'pd.to_datetime({source.source(node)}, errors="coerce")'
            changed = source.replaced((node, new))
            yield Edit("Read as dates", with_import(changed, "import pandas as pd"))
        yield from formats(source)
    if re.search(TEXT, fault.message):
        for node in accessors(source, "str"):
            new = f"{source.source(node)}.astype(str)"
            yield Edit("Take the column as text", source.replaced((node, new)))


def accessors(source: Source, name: str) -> list[ast.expr]:
    """What `.dt` or `.str` is asked of, the nearest two."""
    found = [node for node in source.nearest(ast.Attribute) if node.attr == name]
    return [node.value for node in found if isinstance(node.ctx, ast.Load)][:2]


def formats(source: Source) -> Iterator[Edit]:
    """`to_datetime` without the format that does not hold, and with gaps for what is no date."""
    for call in source.nearest(ast.Call):
        if method(call) not in ("to_datetime", "as_dates"):
            continue
        tolerant = method(call) == "as_dates" or keyword_of(call, "errors") is not None
        more = "" if tolerant else 'errors="coerce"'
        without = on_one_line(source.text, call, without="format", more=more)
        if method(call) == "as_dates" and len(call.args) > 1:
            without = f"{source.source(call.func)}({source.source(call.args[0])})"
        yield Edit("Let pandas find the form of the dates", source.replaced((call, without)))


def odd(kind: str, message: str) -> Fault:
    """A fault of dates or text."""
    return Fault(
        kind="dtype" if kind == "dtype" else "incompatible_api",
        message=message,
        place=Place(file="prep.py", line=2),
        evidence="",
    )


HEAD = "import pandas as pd\n"
REPAIR = Repair(
    name="dates_and_text",
    title="Read dates as dates and text as text",
    kinds=("dtype", "incompatible_api", "preprocessing", "unknown"),
    propose=propose,
    examples=(
        Example(
            odd("api", "AttributeError: Can only use .dt accessor with datetimelike values"),
            f'{HEAD}h = t["when"].dt.hour\n',
            f'{HEAD}h = pd.to_datetime(t["when"], errors="coerce").dt.hour\n',
        ),
        Example(
            odd("api", "AttributeError: Can only use .str accessor with string values!"),
            f'{HEAD}n = t["code"].str.len()\n',
            f'{HEAD}n = t["code"].astype(str).str.len()\n',
        ),
        Example(
            odd("dtype", 'ValueError: time data "2011-01-20" doesn\'t match format "%d.%m.%Y"'),
            f'{HEAD}d = pd.to_datetime(t["when"], format="%d.%m.%Y")\n',
            f'{HEAD}d = pd.to_datetime(t["when"], errors="coerce")\n',
        ),
    ),
)
