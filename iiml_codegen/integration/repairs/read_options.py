"""A table that was read with options that its file is not written in: read it as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.domain.layout import TableForm
from iiml_codegen.integration.repairs.edits import without_keyword
from iiml_codegen.integration.repairs.flow import Source, method, source_at, text_of
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import Source as Text

SIGNS = (
    r"codec can't decode|UTF-16 stream|unknown encoding|BOM|Error tokenizing|Expected \d+ fields"
    r"|gzip|BadZip|not a zip|Usecols|No columns to parse|does not exist|KeyError|not in index"
    r"|Index\(|rows, the \w+ table has|labels outside|parse|has no column|not in the table"
)
ENCODING = ("encoding", "encoding_errors")
SEPARATOR = ("sep", "separator", "delimiter", "delim_whitespace")
SHAPING = ("header", "skiprows", "index_col", "nrows", "names", "skipfooter", "usecols", "comment")
OTHER = ("compression", "quotechar", "quoting", "decimal", "thousands", "engine", "lineterminator")
READERS = r"read|load|open|table"


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First options that contradict how the files are written, then without an option at all."""
    if not re.search(SIGNS, fault.message):
        return
    source, form = source_at(fault, text), written_form(facts)
    encoding = re.search(r"codec|UTF|encoding|BOM", fault.message) is not None
    wanted = {**dict.fromkeys(SEPARATOR[:3], form.separator), "encoding": form.encoding}
    for node, name in options(source):
        value = text_of(node)
        if name in wanted and value and value.lower() != wanted[name].lower():
            yield Edit(
                f"Read with {name} {wanted[name]!r}", source.replaced((node, quoted(wanted[name])))
            )
    for group in (ENCODING, OTHER) if encoding else (SHAPING, OTHER):
        yield from without(source, group)
    if encoding:
        yield from with_encoding(source)


def written_form(facts: Facts) -> TableForm:
    """How the training table is written, as far as anybody knows."""
    return facts.task.layout.train_form if facts.task else TableForm()


def quoted(value: str) -> str:
    """A string in double quotes."""
    return f'"{value}"' if value.isprintable() else repr(value)


def options(source: Source) -> Iterator[tuple[ast.expr, str]]:
    """Values of reading options: keywords of calls that read, defaults of functions that do."""
    for call in source.nearest(ast.Call):
        if re.search(READERS, method(call)):
            yield from ((k.value, k.arg) for k in call.keywords if k.arg)
    for function in source.nearest(ast.FunctionDef):
        places = function.args.args[len(function.args.args) - len(function.args.defaults) :]
        for item, default in zip(places, function.args.defaults, strict=True):
            yield default, item.arg


def without(source: Source, names: tuple[str, ...]) -> Iterator[Edit]:
    """Calls that read, without options that shape what comes in."""
    for call in source.nearest(ast.Call):
        for keyword in call.keywords:
            if keyword.arg in names and re.search(READERS, method(call)):
                new = without_keyword(source.text, call, str(keyword.arg))
                if new is not None:
                    yield Edit(f"Read without {keyword.arg}", source.replaced((call, new)))


def with_encoding(source: Source) -> Iterator[Edit]:
    """Calls of pandas readers with the encoding of older Western files."""
    for call in source.nearest(ast.Call):
        named = any(keyword.arg == "encoding" for keyword in call.keywords)
        if method(call) in ("read_csv", "read_table") and not named:
            text = Text(source.text)
            change = text.with_argument(call, 'encoding="cp1252"')
            yield Edit('Read with encoding "cp1252"', text.edited([change]))


def failed(message: str, line: int = 1) -> Fault:
    """The fault of a table that was read wrongly."""
    return Fault(kind="path", message=message, place=Place(file="prep.py", line=line), evidence="")


UTF16 = "UnicodeError: UTF-16 stream does not start with BOM"
REPAIR = Repair(
    name="read_options",
    title="Read the table as it is written",
    kinds=(
        *("path", "dtype", "preprocessing", "unknown_column", "shape", "contract_fulfilment"),
        *("incompatible_api", "unknown", "syntax"),
    ),
    propose=propose,
    examples=(
        Example(
            failed(UTF16),
            't = pd.read_csv(f, encoding="utf-16")\n',
            't = pd.read_csv(f, encoding="utf-8")\n',
        ),
        Example(
            failed("KeyError: 'Age'", 2),
            'def read(path, separator=";"):\n    return pd.read_csv(path, sep=separator)\n',
            'def read(path, separator=","):\n    return pd.read_csv(path, sep=separator)\n',
        ),
        Example(
            failed("KeyError: 'Age'"),
            "t = pd.read_csv(f, header=None, dtype=str)\n",
            "t = pd.read_csv(f, dtype=str)\n",
        ),
        Example(
            failed("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9"),
            "t = pd.read_csv(f)\n",
            't = pd.read_csv(f, encoding="cp1252")\n',
        ),
    ),
)
