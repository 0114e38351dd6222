"""IIML117: failures are swallowed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.module_index import last_name
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

WIDE = ("Exception", "BaseException")


def check(module: Checked) -> Iterator[Finding]:
    """Look at handlers for everything that do not raise again."""
    for handler in module.nodes(ast.ExceptHandler):
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        wide = any(kind is None or last_name(kind) in WIDE for kind in kinds)
        if wide and not module.inside(handler, ast.Raise):
            hint = "name the exceptions that are expected"
            yield at(handler, "every failure is swallowed here", hint)


RULE = StaticRule(
    code="IIML117",
    title="Failures hidden",
    why="A handler for everything turns mistakes into silently worse features.",
    severity="warning",
    fixable="needs_review",
    fault="preprocessing",
    check=check,
    valid=(
        Example("try:\n    x = int('a')\nexcept ValueError:\n    x = 0\n"),
        Example(
            "try:\n    x = 1\nexcept Exception as error:\n    raise RuntimeError('x') from error\n"
        ),
    ),
    invalid=(
        Example("try:\n    x = int('a')\nexcept:\n    pass\n"),
        Example(
            "def f(v):\n    try:\n        return float(v)\n    except Exception:\n"
            "        return 0.0\n"
        ),
        Example("try:\n    x = 1\nexcept (KeyError, Exception) as e:\n    print(e)\n"),
    ),
)
