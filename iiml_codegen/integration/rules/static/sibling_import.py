"""IIML162: a module imports another one of the folder."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.names import imported_modules
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

SIBLING = re.compile(r"^(?:prep|model_\w+|pipeline_\w+|best)$")


def check(module: Checked) -> Iterator[Finding]:
    """Look for relative imports, and for names of modules as iiML calls them."""
    hint = "copy the function into this module, or make it an output of prepare"
    statements = [*module.nodes(ast.Import), *module.nodes(ast.ImportFrom)]
    for statement, name in imported_modules(statements):
        relative = isinstance(statement, ast.ImportFrom) and statement.level > 0
        if relative:
            yield at(statement, "a relative import has no package to start from", hint)
        elif SIBLING.match(name.split(".")[0]):
            yield at(statement, f"{name} is no package; modules meet in the pipeline only", hint)


RULE = StaticRule(
    code="IIML162",
    title="Import of another module",
    why="Prep and model become one file; there is no module of that name beside it.",
    severity="error",
    fixable="no",
    fault="missing_dependency",
    check=check,
    valid=(Example("import numpy as np\n"), Example("from sklearn.preprocessing import scale\n")),
    invalid=(
        Example("from prep import CLASSES\n", "model_a.py"),
        Example("from . import features\n"),
        Example("from .features import add_age\n"),
        Example("import model_traditional\n"),
    ),
)
