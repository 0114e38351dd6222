"""IIML158: nobody calls a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

INTERFACE = ("prepare", "extract", "encode", "fit", "predict", "decide", "main")


def check(module: Checked) -> Iterator[Finding]:
    """Look for functions of the module that are named nowhere else in it."""
    if not (module.is_prep or module.is_model):
        return
    functions = {name: f for name, f in module.functions().items() if name not in INTERFACE}
    used: set[str] = set()
    for node in module.nodes(ast.Name):
        if node.id in functions and node.id not in used:
            around = module.index.ancestors(node)
            if functions[node.id] not in around:
                used.add(node.id)
    for name, function in functions.items():
        if name not in used and not function.decorator_list and f'"{name}"' not in module.text:
            yield at(function, f"nobody calls {name}", "call it, or take it away", (name,))


PREPARE = "\n\ndef prepare(data_dir):\n    return {'a': %s}\n"
RULE = StaticRule(
    code="IIML158",
    title="Function that nobody calls",
    why="A step that was written but never called is missing in what the model sees.",
    severity="information",
    fixable="no",
    fault="contract_fulfilment",
    check=check,
    valid=(
        Example("def clean(x):\n    return x\n" + PREPARE % "clean(data_dir)"),
        Example("def clean(x):\n    return x\n" + PREPARE % "data_dir.map(clean)"),
    ),
    invalid=(
        Example("def clean(x):\n    return x\n" + PREPARE % "data_dir"),
        Example("def again(x):\n    return again(x)\n" + PREPARE % "data_dir"),
    ),
)
