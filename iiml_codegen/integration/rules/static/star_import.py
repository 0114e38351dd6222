"""IIML109: a star import."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.static.undefined_name import BUILTINS, defined, tables, unknown
from iiml_codegen.integration.rules.text_edits import end_of, is_at, spliced, start_of

STANDARD = (
    *("math", "collections", "itertools", "functools", "pathlib", "typing", "datetime"),
    *("dataclasses", "statistics", "operator", "os.path"),
)
"""Modules that tell their names at once, whatever is installed."""


def check(module: Checked) -> Iterator[Finding]:
    """Look at every `from ... import *`."""
    for node in module.nodes(ast.ImportFrom):
        if any(alias.name == "*" for alias in node.names):
            yield at(node, f"star import from {node.module}", "import the names that are used")


def fix(module: Checked, finding: Finding) -> str | None:
    """Import the names that are used, if this is the only star and its module is a standard one."""
    stars = [node for node in module.nodes(ast.ImportFrom) if node.names[0].name == "*"]
    if len(stars) != 1 or not is_at(stars[0], finding.line, finding.column, module):
        return None
    node = stars[0]
    if node.module not in STANDARD or module.symbols is None:
        return None
    scopes = list(tables(module.symbols))
    known = (defined(module.symbols, scopes) | BUILTINS) - exported(node.module)
    used = {name for scope in scopes for name in unknown(scope, known)}
    given = sorted((used & exported(node.module)) - own_names(module))
    if not given:
        return None
    text = f"from {node.module} import {', '.join(given)}"
    return spliced(module, start_of(node), end_of(node), text)


def exported(name: str) -> set[str]:
    """What a star import of a standard module binds."""
    found = importlib.import_module(name)
    public = [item for item in vars(found) if not item.startswith("_")]
    return set(getattr(found, "__all__", public))


def own_names(module: Checked) -> set[str]:
    """Names that the module binds itself, beside the star."""
    assert module.symbols is not None
    return defined(module.symbols, list(tables(module.symbols)))


RULE = StaticRule(
    code="IIML109",
    title="Star import",
    why="Names out of nowhere can neither be checked nor renamed when modules share a file.",
    severity="error",
    fixable="safe",
    fault="undefined_name",
    check=check,
    fix=fix,
    valid=(
        Example("from math import exp\n"),
        Example("import numpy as np\n\nx = np.exp(1)\n"),
    ),
    invalid=(
        Example("from math import *\n\n\ndef f(x):\n    return exp(x) + pow(x, pi)\n"),
        Example("from numpy import *\n\nx = exp(1)\n"),
        Example("from collections import *\nfrom os.path import *\n\nx = Counter('a')\n"),
    ),
)
