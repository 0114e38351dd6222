"""IIML136: the module waits for a person."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

WAITING = ("pdb.set_trace", "ipdb.set_trace", "pudb.set_trace", "getpass.getpass", "IPython.embed")


def check(module: Checked) -> Iterator[Finding]:
    """Look for questions and debuggers."""
    for call in module.calls("input", "breakpoint", "set_trace", "getpass", "embed"):
        plain = call.func.id if isinstance(call.func, ast.Name) else ""
        own = (
            plain in module.functions()
            or plain in module.imports
            or module.owner_binds(call, plain)
        )
        if module.full(call.func) in WAITING or (plain in ("input", "breakpoint") and not own):
            yield at(call, f"{ast.unparse(call.func)} waits for a person", "take it out")


RULE = StaticRule(
    code="IIML136",
    title="Waits for a person",
    why="Pipelines run alone; a question gets an end of file, a debugger stops the run for good.",
    severity="error",
    fixable="needs_review",
    fault="timeout",
    check=check,
    valid=(
        Example("def f(model, input):\n    return model(input)\n"),
        Example("def f(input):\n    return input(1)\n"),
        Example("def input(x):\n    return x\n\n\ny = input(1)\n"),
    ),
    invalid=(
        Example("def prepare(data_dir):\n    breakpoint()\n    return {}\n"),
        Example("import pdb\n\n\ndef f(x):\n    pdb.set_trace()\n    return x\n"),
        Example("def f():\n    return input('How many folds? ')\n"),
    ),
)
