"""IIML004: what should be a module is an answer about one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.parsing.scan import scan
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule

FENCE = re.compile(r"^\s*(?:```|~~~)\s*[\w+-]*\s*$")
DIFF = re.compile(r"^(?:--- a/|\+\+\+ b/|@@ -\d+(?:,\d+)? \+\d+|diff --git )")
MARKUP = re.compile(
    r"^\s*(?:<!DOCTYPE|<html|<\?xml|</?(?:code|answer|module|think|file)\b[^>]*>)", re.I
)
PROSE = re.compile(
    r"^(?:\#+ |[-*] |\d+\. )?\*{0,2}[A-Z](?:'?[\w’]*)"
    r"(?:[,;:]?\*{0,2} [\w’'`\"(*./-]+\)?){3,}[.:!?]?\*{0,2}$"
)
HELD = re.compile(r"^(?:def \w+\(|import \w|from \w[\w.]* import )", re.M)
NOTEBOOK = re.compile(r'^\s*\{\s*"(?:cells|metadata|nbformat)"\s*:')


def check(module: Checked) -> Iterator[Finding]:
    """Look for notebooks, quoted modules, fences, differences, markup and sentences in turn."""
    if NOTEBOOK.match(module.text):
        yield Finding("this is a notebook, not a module", hint="keep the code of its cells only")
        return
    if module.error is None:
        if is_wrapped(module.tree):
            hint = "keep the code alone, without quotes and brackets around it"
            yield Finding("the module is a text or an object that holds code", hint=hint)
        return
    for pattern, what, hint in (
        (FENCE, "a code fence stands in the module", "keep only what is between the fences"),
        (DIFF, "this is a difference between files, not a module", "write the whole module"),
        (MARKUP, "this is markup, not Python", "keep only the code"),
    ):
        line = first_line(module, pattern)
        if line:
            yield Finding(what, line, 1, hint)
            return
    line = sentence(module)
    if line:
        yield Finding("a sentence stands where code should", line, 1, "make it a comment")


def is_wrapped(tree: ast.Module) -> bool:
    """Whether the only statement is a value in which a module stands as a text."""
    alone = tree.body[0] if len(tree.body) == 1 else None
    value = alone.value if isinstance(alone, ast.Expr | ast.Assign) else None
    held = (
        [node.value for node in ast.walk(value) if isinstance(node, ast.Constant)] if value else []
    )
    return any(isinstance(text, str) and HELD.search(text) for text in held)


def first_line(module: Checked, pattern: re.Pattern[str]) -> int:
    """The first line that a pattern matches, or 0."""
    return next((n for n, line in enumerate(module.lines, 1) if pattern.match(line)), 0)


def sentence(module: Checked) -> int:
    """The first line that reads like prose outside of texts, if the parser stopped at prose."""
    inside = {
        number
        for opened, last in scan(module.text).texts
        for number in range(opened.line, last + 1)
    }
    stopped = module.error.lineno if module.error else None
    found = [
        number
        for number, line in enumerate(module.lines, start=1)
        if number not in inside and not line.startswith("#") and PROSE.match(line)
    ]
    first = next((n for n, line in enumerate(module.lines, 1) if line.strip()), 0)
    return found[0] if found and (stopped in found or first in found) else 0


def fix(module: Checked, finding: Finding) -> str | None:
    """What stands between the fences, if there is one block only."""
    fences = [number for number, line in enumerate(module.lines) if FENCE.match(line)]
    if len(fences) != 2:
        return None
    return "\n".join(module.lines[fences[0] + 1 : fences[1]]) + "\n"


CODE = "def prepare(data_dir):\n    return {}\n"
RULE = StaticRule(
    code="IIML004",
    title="Prose or fences around the module",
    why="A module is a Python file and nothing else; explanations belong into comments.",
    severity="error",
    fixable="safe",
    fault="unusable_output",
    check=check,
    fix=fix,
    valid=(
        Example(f'"""Example:\n\n```python\nprepare(folder)\n```\n"""\n\n{CODE}'),
        Example(f"# Here is how the tables are joined.\n{CODE}"),
    ),
    invalid=(
        Example(f"Here is the complete module:\n\n```python\n{CODE}```\n"),
        Example(f"```\n{CODE}```\n"),
        Example(f"Here is the improved version of the preprocessing module.\n\n{CODE}"),
        Example(f"{CODE}\nThis module reads the tables and gives features and target.\n"),
        Example(
            "I'm sorry, but I can't write this module without seeing the data.\n", "model_a.py"
        ),
        Example('{"code": "import pandas\\n\\n\\ndef prepare(data_dir):\\n    return {}\\n"}\n'),
        Example('CODE = """\ndef prepare(data_dir):\n    return {}\n"""\n'),
        Example('{"cells": [{"cell_type": "code", "source": ["import pandas"]}]}\n'),
        Example("--- a/prep.py\n+++ b/prep.py\n@@ -1,2 +1,2 @@\n-x = 1\n+x = 2\n"),
        Example(f"<think>\nThe table has gaps.\n</think>\n{CODE}"),
    ),
)
