"""Syntax trees of Python texts, made by one thread at a time.

CPython before 3.13 counts once for all threads how deep it is in a tree. Where the collector runs
Python code in the middle of one, and another thread parses meanwhile, the first ends with
"SystemError: AST constructor recursion depth mismatch" (its issue 106905).
"""

from __future__ import annotations

import ast
import threading
from typing import Any

_LOCK = threading.RLock()


def syntax_tree(text: str | bytes) -> ast.Module:
    """The tree of a module. Raises SyntaxError, or ValueError for a text with NUL bytes."""
    with _LOCK:
        return ast.parse(text)


def expression_tree(text: str) -> ast.expr:
    """The tree of one expression. Raises as `syntax_tree`."""
    with _LOCK:
        return ast.parse(text, mode="eval").body


def literal_value(text: str | ast.expr) -> Any:
    """The value of a literal. Raises ValueError for anything else, and as `syntax_tree`."""
    with _LOCK:
        return ast.literal_eval(text)
