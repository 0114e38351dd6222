"""The order in which a generated module is read: what calls stands above what it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from iiml_codegen.implementation.recipes import Definition
from iiml_codegen.syntax import syntax_tree


def in_reading_order(top: str, taken: Iterable[Definition]) -> list[str]:
    """The texts of definitions below `top`, which calls them: each where a reader meets it first.

    What a function calls follows it, in the order of the calls; its constants stand right above it.
    """
    known = {one.name: one for one in taken}
    blocks: list[str] = []
    place_calls(top, known, {}, blocks)
    return blocks


def place_calls(
    text: str, known: Mapping[str, Definition], placed: dict[str, None], blocks: list[str]
) -> None:
    """Add the functions that a text mentions, and all below them."""
    for name in mentioned(text, known):
        if name in placed or known[name].is_constant:
            continue
        placed[name] = None
        constants = list(constants_above(known[name], known, placed))
        if constants:
            blocks.append("\n".join(constant.text for constant in constants))
        blocks.append(known[name].text)
        place_calls(known[name].text, known, placed, blocks)


def constants_above(
    one: Definition, known: Mapping[str, Definition], placed: dict[str, None]
) -> Iterable[Definition]:
    """Constants of a definition that stand nowhere yet; those that they use come first."""
    used = [known[name] for name in one.uses if name in known and known[name].is_constant]
    for constant in sorted(used, key=lambda c: (c.file, c.line)):
        if constant.name not in placed:
            placed[constant.name] = None
            yield from constants_above(constant, known, placed)
            yield constant


def mentioned(text: str, known: Mapping[str, Definition]) -> list[str]:
    """Known names in the order in which code first has them."""
    found = [node for node in ast.walk(syntax_tree(text)) if isinstance(node, ast.Name)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return [name for name in dict.fromkeys(node.id for node in found) if name in known]
