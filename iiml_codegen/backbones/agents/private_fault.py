"""A fault and its modules without values of cells, for users who keep those to themselves."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping

import msgspec

from iiml_codegen.domain.fault import Fault, Value
from iiml_codegen.integration.repairs.repair import Facts
from iiml_codegen.syntax import syntax_tree

QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`")
WORD = re.compile(r"[A-Za-z_]\w*")
TABLES = ("frame ", "array ", "series ", "sparse ", "tensor ", "dict of ", "DataFrame ", "ndarray ")
HIDDEN = "…"


def without_values(fault: Fault, texts: Mapping[str, str], facts: Facts) -> Fault:
    """The fault with quoted texts hidden that are neither names nor code, and no log."""
    known = {*facts.columns, *facts.files}
    words = {word for text in texts.values() for word in WORD.findall(text)}

    def kept(match: re.Match[str]) -> str:
        inside = match[0][1:-1]
        return match[0] if inside in known or inside in words else f"{match[0][0]}{HIDDEN}'"

    return msgspec.structs.replace(
        fault,
        message=QUOTED.sub(kept, fault.message),
        evidence="",
        values=tuple(described for value in fault.values if (described := shape_only(value))),
    )


def shape_only(value: Value) -> Value | None:
    """What a table is like; None for anything else, which may be a cell."""
    if not value.shown.startswith(TABLES):
        return None
    plain = re.sub(r", [-+.\d e]+ to [-+.\d e]+", "", value.shown)
    return Value(name=value.name, shown=plain)


def bare(texts: Mapping[str, str], facts: Facts) -> dict[str, str]:
    """All modules without constants that may be cells."""
    known = {*facts.columns, *facts.files}
    return {file: without_constants(text, known) for file, text in texts.items()}


def without_constants(text: str, known: Collection[str]) -> str:
    """A module whose constants of texts are hidden, unless those name columns or files.

    Lines keep their numbers.
    """
    try:
        tree = syntax_tree(text)
    except (SyntaxError, ValueError):
        return text
    lines = text.split("\n")
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and not all_known(node, known):
            last = node.end_lineno or node.lineno
            lines[node.lineno - 1] = f"{lines[node.lineno - 1].split('=')[0].rstrip()} = {HIDDEN}"
            lines[node.lineno : last] = [""] * (last - node.lineno)
    return "\n".join(lines)


def all_known(node: ast.AST, known: Collection[str]) -> bool:
    """Whether every text in a statement is one of these."""
    constants = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
    return all(value in known for value in constants if isinstance(value, str))
