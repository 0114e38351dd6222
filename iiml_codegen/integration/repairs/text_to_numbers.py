"""Text where numbers are wanted: read it as numbers at the line, or keep it from the model."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import (
    calls_at,
    insert_at_start,
    replace_nodes,
    rows_parameter,
    source_of,
)
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair, lines_of

NUMBER_TYPES = ("float", "int", "'float64'", "'float32'", "'int64'", "'int32'", "np.float64")


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First the conversion at the line, then only number columns for the model."""
    for line in lines_of(fault):
        converted = read_as_numbers(text, line)
        if converted != text:
            yield Edit("Read as numbers; what is no number is missing", converted)
    numbers = only_numbers(text)
    if numbers != text:
        yield Edit("Give the model number columns only", numbers)


def read_as_numbers(text: str, line: int) -> str:
    """`x.astype(float)` at a line as `pd.to_numeric(x, errors="coerce")`."""
    if "import pandas as pd" not in text:
        return text
    edits: list[tuple[ast.AST, str]] = []
    for call in calls_at(ast.parse(text), line):
        function, wanted = call.func, [ast.unparse(argument) for argument in call.args]
        if not isinstance(function, ast.Attribute) or function.attr != "astype":
            continue
        if wanted and wanted[0] in NUMBER_TYPES:
            value = source_of(text, function.value)
            edits.append((call, f'pd.to_numeric({value}, errors="coerce")'))
    return replace_nodes(text, edits[:1])


def only_numbers(text: str) -> str:
    """`fit` and `predict` take the number columns of their rows."""
    for function in ("fit", "predict"):
        rows = rows_parameter(text, function)
        if rows is None:
            return text
        statement = f'{rows} = {rows}.select_dtypes(["number", "bool"])'
        text = insert_at_start(text, function, statement)
    return text


FAULT = Fault(
    kind="dtype",
    message="ValueError: could not convert string to float: 'male'",
    place=Place(file="prep.py", line=3),
    evidence="",
    names=("male",),
)
REPAIR = Repair(
    name="text_to_numbers",
    title="Read text as numbers",
    kinds=("dtype",),
    propose=propose,
    examples=(
        Example(
            FAULT,
            'import pandas as pd\n\nx = t["Sex"].astype(float)\n',
            'import pandas as pd\n\nx = pd.to_numeric(t["Sex"], errors="coerce")\n',
        ),
        Example(
            FAULT,
            'def fit(X, y):\n    """Fit."""\n    return 1\n\n\n'
            "def predict(model, X):\n    return X\n",
            'def fit(X, y):\n    """Fit."""\n    X = X.select_dtypes(["number", "bool"])\n'
            "    return 1\n\n\ndef predict(model, X):\n"
            '    X = X.select_dtypes(["number", "bool"])\n    return X\n',
        ),
    ),
)
