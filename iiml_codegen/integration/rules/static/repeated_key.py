"""IIML152: a key stands twice in a dict."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at


def check(module: Checked) -> Iterator[Finding]:
    """Look at literal keys of each dict display."""
    for node in module.nodes(ast.Dict):
        seen: set[object] = set()
        for key in node.keys:
            if isinstance(key, ast.Constant):
                name = (type(key.value), key.value)
                if name in seen:
                    yield at(key, f"{key.value!r} stands twice in this dict", "take one away")
                seen.add(name)


RULE = StaticRule(
    code="IIML152",
    title="Key twice in a dict",
    why="The later value wins in silence: an output of prepare is lost.",
    severity="warning",
    fixable="no",
    fault="contract_fulfilment",
    check=check,
    valid=(Example("x = {'a': 1, 'b': 2}\n"), Example("x = {1: 'a', True: 'b', '1': 'c'}\n")),
    invalid=(
        Example(
            "def prepare(data_dir):\n    return {'target': 1, 'design': 2, 'target': data_dir}\n"
        ),
        Example("x = {\n    'Mr': 1,\n    'Mrs': 2,\n    'Mr': 3,\n}\n"),
    ),
)
