"""IIML163: a part of the module was left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

WHAT = r"(?:code|module|file|script|functions?|imports?|logic|implementation|steps?|pipeline)"
PLACEHOLDER = re.compile(
    r"^\s*#\s*(?:"
    r"(?:\.{3}|…)\s*\(?(?:the |your )?(?:rest|existing|remaining|previous|same|unchanged)\b.*|"
    rf"(?:the )?(?:rest|remainder) of (?:the |your )?{WHAT}(?: (?:here|unchanged|as before|"
    r"remains?\b.*|stays?\b.*|is the same.*))?|"
    rf"(?:your|existing|previous|remaining) {WHAT} "
    r"(?:(?:goes )?here|unchanged|as before|remains?\b.*)|"
    r"(?:code )?(?:omitted|shortened|truncated) for brevity"
    r")[\s.…)\]]*$",
    re.I,
)
INTERFACE = ("prepare", "extract", "encode", "fit", "predict", "decide")


def check(module: Checked) -> Iterator[Finding]:
    """Look for remarks that stand for code, and for functions of the interface without a body."""
    hint = "write the code out"
    for number, line in enumerate(module.lines, start=1):
        if "#" in line and PLACEHOLDER.match(line):
            column = len(line) - len(line.lstrip()) + 1
            yield Finding("a remark stands where code should", number, column, hint)
    for name, function in module.functions().items():
        if name in INTERFACE and all(is_empty(statement) for statement in function.body):
            yield at(function, f"{name} was not written", hint)


def is_empty(statement: ast.stmt) -> bool:
    """`pass`, `...`, a text, or `raise NotImplementedError`."""
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        return "NotImplementedError" in ast.unparse(statement.exc)
    alone = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return alone or isinstance(statement, ast.Pass)


RULE = StaticRule(
    code="IIML163",
    title="Code left out",
    why="Language models shorten what they have seen; the file that is kept has to be whole.",
    severity="error",
    fixable="no",
    fault="unusable_output",
    check=check,
    valid=(
        Example(
            "# the rest is filled with the median\nx = 1\n".replace("the rest", "What is left")
        ),
        Example("class Bad(Exception):\n    pass\n"),
    ),
    invalid=(
        Example("import pandas as pd\n\n# ... rest of the code unchanged ...\n"),
        Example("def prepare(data_dir):\n    # your code here\n    pass\n"),
        Example("def prepare(data_dir):\n    raise NotImplementedError\n"),
        Example(
            "def fit(X, y):\n    ...\n\n\ndef predict(model, X):\n    return model.predict(X)\n",
            "model_a.py",
        ),
        Example("# rest of the code remains the same as in the first version\nx = 1\n"),
    ),
)
