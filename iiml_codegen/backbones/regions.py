"""A long module cut down to what a question is about; what is shown stands as it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from iiml_codegen.integration.module_code import ModuleCode, end

SHORT = 160
"""Lines up to which a module is shown whole."""
AROUND = 25
GAP = "…"


def regions(file: str, text: str, lines: Iterable[int], short: int = SHORT) -> str:
    """The module, or its top and the definitions around some lines, with a mark for each gap."""
    code = ModuleCode(file, text)
    if len(code.lines) <= short:
        return text
    kept = set(range(1, top(code) + 1))
    for line in lines:
        function = code.function_at(line)
        if function is None or end(function) - function.lineno > short:
            kept |= set(range(line - AROUND, line + AROUND + 1))
        else:
            kept |= set(range(function.lineno, end(function) + 1))
    return "\n".join(shown(code, sorted(n for n in kept if 0 < n <= len(code.lines))))


def top(code: ModuleCode) -> int:
    """The last line of imports and constants."""
    plain = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr)
    last = 0
    for node in code.tree.body:
        if not isinstance(node, plain):
            break
        last = end(node)
    return min(last, 2 * AROUND)


def shown(code: ModuleCode, lines: list[int]) -> Iterable[str]:
    """The lines, and a mark wherever some are left out."""
    before = 0
    for line in lines:
        if line != before + 1:
            yield GAP
        yield code.lines[line - 1]
        before = line
    if before < len(code.lines):
        yield GAP
