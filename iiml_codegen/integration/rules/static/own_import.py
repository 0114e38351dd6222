"""IIML110: a module imports iiML at run time."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.names import imported_modules
from iiml_codegen.integration.rules.rule import (
    Checked,
    Example,
    Finding,
    StaticRule,
    at,
)

OURS = ("iiml", "iiml_codegen", "iiml_server", "workspace_templates")


def check(module: Checked) -> Iterator[Finding]:
    """Look at the first part of each imported module."""
    for statement, name in imported_modules(
        [*module.nodes(ast.Import), *module.nodes(ast.ImportFrom)]
    ):
        if name.split(".")[0] in OURS:
            hint = "copy the function into the module"
            yield at(statement, f"imports {name}, which is absent where the file runs", hint)


RULE = StaticRule(
    code="IIML110",
    title="Import of iiML at run time",
    why="Pipelines run alone, without iiML installed.",
    severity="error",
    fixable="needs_review",
    fault="missing_dependency",
    check=check,
    valid=(Example("import numpy as np\n"),),
    invalid=(
        Example("import iiml_codegen\n"),
        Example("from workspace_templates.recipes.memory import remember\n"),
    ),
)
