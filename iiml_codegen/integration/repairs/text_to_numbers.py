"""Text where numbers are wanted: read it as numbers where it is used, or where it comes from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.flow import (
    Source,
    here,
    method,
    name_of,
    receiver,
    source_at,
    text_of,
)
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.integration.repairs.source import with_import

SIGNS = (
    r"could not convert string|[Uu]nable to parse string|invalid literal for int|not supported"
    r"|unsupported operand|to numeric|must be real number|no callable|dtype->(?:object|str)"
    r"|does not support operation|can only concatenate|can't multiply|Invalid comparison"
    r"|no numbers|object_ cannot|Cannot perform|'str' object|dtype '?(?:str|object)"
)
NUMBER_TYPES = (
    *("float", "int", "'float64'", "'float32'", "'int64'", "'int32'", "'int8'", "'int16'"),
    *("np.float64", "np.float32", "np.int64", "np.int32", "'float'", "'int'", "'Int64'"),
)
STATISTICS = (
    *("mean", "median", "std", "var", "sum", "quantile", "skew", "abs", "round", "clip", "min"),
    *("max", "cumsum", "diff", "rank"),
)
COERCED = 'pd.to_numeric({x}, errors="coerce")'
COMMAS = 'pd.to_numeric({x}.astype(str).str.replace(",", "."), errors="coerce")'
CODED = '(pd.util.hash_pandas_object({x}.astype(str), index=False) % 2**20).astype("float64")'
"""A number for each word, the same in every table: codes of categories count those of one table."""

GAPS = ("na", "n/a", "nan", "none", "null", "nil", "unknown", "missing")
"""Words that stand in columns of numbers where nothing was measured."""


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Conversions at the line first, then where the text comes from; words become codes."""
    if not re.search(SIGNS, fault.message) or not fault.place or "Path'" in fault.message:
        return
    source, words = source_at(fault, text), is_word(fault)
    for node, value in (*conversions(source), *operands(source), *origins(source)):
        plain = "Read as numbers; what is no number is missing"
        forms = [(COERCED, plain, "what the words tell" * words)]
        if re.search(r"string to float: '-?\d+,\d+'", fault.message):
            forms.insert(0, (COMMAS, "Read decimal commas", ""))
        if words and isinstance(value, ast.Subscript) and text_of(value.slice):
            forms.insert(0, (CODED, "Code the words as numbers", ""))
        for form, title, loses in forms:
            new = source.replaced((node, form.format(x=source.source(value))))
            yield Edit(title, with_import(new, "import pandas as pd"), loses=loses)


def is_word(fault: Fault) -> bool:
    """Whether what could not be converted names something: no digits, no sign for a gap."""
    found = re.search(r"string to float: '([^']+)'|parse string \"([^\"]+)\"", fault.message)
    value = next((group for group in found.groups() if group), "") if found else ""
    digits = any(letter.isdigit() for letter in value)
    return (
        not digits
        and value.strip(" <>()").lower() not in GAPS
        and re.search(r"\w", value) is not None
    )


def conversions(source: Source) -> Iterator[tuple[ast.AST, ast.expr]]:
    """`x.astype(float)`, `float(x)` and `pd.to_numeric(x)` at the line."""
    for call in here(source, ast.Call):
        value, wanted = receiver(call), [ast.unparse(item) for item in call.args]
        if method(call) == "astype" and value is not None and wanted[:1] and is_number(wanted[0]):
            yield call, value
        elif method(call) in ("to_numeric", "float", "int") and call.args:
            yield call, call.args[0]


def is_number(wanted: str) -> bool:
    """Whether the source of a type is one of numbers."""
    return wanted.replace('"', "'") in NUMBER_TYPES


def operands(source: Source) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Columns that the line compares, calculates with or takes statistics of."""
    for node in here(source, ast.expr):
        sides: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
        elif isinstance(node, ast.BinOp):
            sides = [node.left, node.right]
        elif isinstance(node, ast.Attribute) and node.attr in STATISTICS:
            sides = [node.value]
        yield from ((side, side) for side in sides if isinstance(side, ast.Subscript))


def origins(source: Source) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Where names of the line were set to a column, in the same function."""
    function, names = source.place, set()
    for node in here(source, ast.Name):
        names.add(node.id)
    if function is None:
        return
    found = [a for name in sorted(names) for a in source.assigned(name, function)]
    for statement in sorted(found, key=lambda a: -a.lineno):
        value = statement.value
        plain = isinstance(value, ast.Subscript) and not isinstance(value.slice, ast.Slice)
        if statement.lineno < source.line and plain and name_of(statement.targets[0]):
            yield value, value


def wrong(message: str, line: int) -> Fault:
    """The fault of text in the place of numbers."""
    place = Place(file="prep.py", line=line)
    return Fault(kind="dtype", message=message, place=place, evidence="")


MALE = wrong("ValueError: could not convert string to float: 'male'", 3)
DIGITS = wrong("ValueError: could not convert string to float: '12 kg'", 3)
LESS = wrong("TypeError: '<' not supported between instances of 'str' and 'int'", 3)
MEDIAN = wrong("TypeError: Could not convert string 'ab' to numeric", 3)
HEAD = "import pandas as pd\n\n"
REPAIR = Repair(
    name="text_to_numbers",
    title="Read text as numbers",
    kinds=("dtype", "preprocessing", "incompatible_api", "unknown"),
    propose=propose,
    examples=(
        Example(
            DIGITS,
            f'{HEAD}x = t["Size"].astype(float)\n',
            f'{HEAD}x = pd.to_numeric(t["Size"], errors="coerce")\n',
        ),
        Example(
            MALE,
            f'{HEAD}x = t["Sex"].astype(float)\n',
            f"{HEAD}x = {CODED}\n".format(x='t["Sex"]'),
        ),
        Example(
            LESS,
            f'{HEAD}x = t["Age"] < 12\n',
            f'{HEAD}x = pd.to_numeric(t["Age"], errors="coerce") < 12\n',
        ),
        Example(
            MEDIAN,
            'def f(t):\n    values = t["Age"]\n    return values.median()\n',
            "import pandas as pd\n\n\ndef f(t):\n"
            '    values = pd.to_numeric(t["Age"], errors="coerce")\n    return values.median()\n',
        ),
    ),
)
