"""IIML008: a command of a notebook stands in the module."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.parsing.scan import scan
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule

COMMAND = re.compile(r"^\s*(?:%{1,2}[a-z]\w*|!\s*[a-z][\w./-]*|\?{1,2}\w+$)")


def check(module: Checked) -> Iterator[Finding]:
    """Name every line that only a notebook understands."""
    if module.error is None:
        return
    for number in commands(module):
        line = module.lines[number - 1]
        hint = "take the line away; packages are installed beforehand"
        column = len(line) - len(line.lstrip()) + 1
        yield Finding(f"{line.strip().split()[0]} works in notebooks only", number, column, hint)


def commands(module: Checked) -> list[int]:
    """The lines of notebook commands outside of texts that span lines."""
    inside = {
        number
        for opened, last in scan(module.text).texts
        for number in range(opened.line, last + 1)
    }
    found = [n for n, line in enumerate(module.lines, 1) if COMMAND.match(line)]
    return [number for number in found if number not in inside]


def fix(module: Checked, finding: Finding) -> str | None:
    """The module without the line, if it stands alone and installs or shows something."""
    line = module.lines[finding.line - 1]
    if line[:1].isspace() or line.startswith("%%") or line.rstrip().endswith("\\"):
        return None
    rows = module.text.splitlines(keepends=True)
    if len(rows) != len(module.lines) - (not module.lines[-1]):
        return None
    return "".join([*rows[: finding.line - 1], *rows[finding.line :]])


RULE = StaticRule(
    code="IIML008",
    title="Notebook command",
    why="Lines with % and ! are answered by Jupyter; in a Python file they are syntax errors.",
    severity="error",
    fixable="safe",
    fault="syntax",
    check=check,
    fix=fix,
    valid=(
        Example('FORMAT = """\n%d rows\n!important\n"""\n'),
        Example("share = (\n    3\n    % 2\n)\n"),
    ),
    invalid=(
        Example("!pip install -q lightgbm\nimport lightgbm\n"),
        Example("%matplotlib inline\nimport matplotlib.pyplot as plt\n"),
        Example("import pandas as pd\n%load_ext autoreload\n!ls ../input\n"),
        Example("%%time\nx = 1\n"),
    ),
)
