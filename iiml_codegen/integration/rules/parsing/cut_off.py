"""IIML005: the module is empty, or it ends in the middle of something."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.parsing.scan import scan
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule

GIVING = ("prepare", "fit", "predict")
WANTED = {"prep": ("prepare",), "model": ("fit", "predict")}
HINT = "write the rest, or restore an earlier version"
DANGLING = re.compile(
    r"(?:[-+*/%=,.(\[{\\]|\b(?:and|or|not|in|is|if|else|return|import|from|def|lambda))$"
)


def check(module: Checked) -> Iterator[Finding]:
    """Tell an empty file, and a text that ends where more has to come."""
    last = last_line(module)
    if module.error is None:
        if not any(has_code(statement) for statement in module.tree.body):
            yield Finding("the module holds no code", hint="write it, or restore it")
        elif stops(module):
            text = "the file ends before all of its functions are written"
            yield Finding(text, last, len(module.lines[last - 1]) + 1, HINT)
        return
    read = scan(module.text)
    if read.broken_off or read.ran_on or read.mismatch:
        return
    opened = read.open_string or (read.brackets[-1] if read.brackets else None)
    if opened is not None and unfinished(module):
        text = f"the file ends inside {opened.sign} of line {opened.line}"
        yield Finding(text, last, len(module.lines[last - 1]) + 1, HINT)
    elif opened is None and ends_early(module, last):
        text = "the file ends in the middle of a statement"
        yield Finding(text, last, len(module.lines[last - 1]) + 1, HINT)


def last_line(module: Checked) -> int:
    """The number of the last line that is not blank."""
    return max((n for n, line in enumerate(module.lines, 1) if line.strip()), default=1)


def has_code(statement: ast.stmt) -> bool:
    """Whether a statement does anything: texts, names and numbers on their own do not."""
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant | ast.Name | ast.Tuple)
    return not isinstance(statement, ast.Pass)


def stops(module: Checked) -> bool:
    """Whether a text that parses ends without a line end before its interface is complete."""
    if module.text.endswith(("\n", "\r")):
        return False
    last = module.tree.body[-1]
    inside = isinstance(last, ast.FunctionDef) and last.name in GIVING
    gives = any(isinstance(node, ast.Return | ast.Raise) for node in ast.walk(last))
    return bool(missing(module)) or (inside and not gives)


def unfinished(module: Checked) -> bool:
    """Whether what is open means that the rest is missing, not that one bracket is."""
    return not module.text.endswith("\n") or bool(missing(module))


def ends_early(module: Checked, last: int) -> bool:
    """Whether the parser stopped at the end, in a line that wants to go on."""
    stopped = (module.error and module.error.lineno) or 0
    line = module.lines[last - 1].split("  #")[0].rstrip()
    if stopped < last:
        return False
    if not module.text.endswith("\n") and missing(module):
        return True
    return unfinished(module) and bool(
        DANGLING.search(line) or line.endswith(":") or line.startswith("@")
    )


def missing(module: Checked) -> list[str]:
    """Functions of the interface that the text does not even begin."""
    kind = "prep" if module.is_prep else "model" if module.is_model else ""
    names = WANTED.get(kind, ())
    return [name for name in names if not re.search(rf"^def {name}\b", module.text, re.M)]


RULE = StaticRule(
    code="IIML005",
    title="Empty, or cut off",
    why="A module that stops in the middle was not written to its end; that cannot be mended.",
    severity="error",
    fixable="no",
    fault="unusable_output",
    check=check,
    valid=(
        Example("def prepare(data_dir):\n    return {}"),
        Example("def prepare(data_dir):\n    return dict(\n        a=1,\n    )\n"),
    ),
    invalid=(
        Example(""),
        Example('"""Prepare the tables."""\n\n# to be written\n'),
        Example("import pandas as pd\n\n\ndef read(path):\n    return pd.read_csv(path, dtype={\n"),
        Example("def prepare(data_dir):\n    rows = read(data_dir)\n    return {"),
        Example('def fit(X, y):\n    """Boost for as long as', "model_a.py"),
        Example("def prepare(data_dir):\n    for column in (1, 2):"),
        Example("def fit(X, y):\n    return 1\n\n\ndef predict(model,", "model_a.py"),
        Example("import numpy as np\n\nx = 1 +"),
        Example("import pandas as pd\n\n\ndef read(path):\n    rows = pd.read_c"),
        Example("def prepare(data_dir):\n    rows = data_dir\n    tar"),
    ),
)
