"""Slips that keep a text from being Python."""

from __future__ import annotations

import ast
import itertools
import re
import tokenize
from collections.abc import Iterable

from .mutator import Draw, Mutator
from .source import Change, Edit, Source

OPENING, CLOSING = "([{", ")]}"
SLIPS = {"return": "retrun", "def": "dfe", "import": "imoprt", "from": "form", "lambda": "lamda"}


def missing_colons(source: Source, draw: Draw) -> Iterable[Change]:
    """The colon at the end of a header is forgotten."""
    tokens = [t for t in source.tokens if t.type != tokenize.COMMENT]
    for colon, following in itertools.pairwise(tokens):
        if colon.string == ":" and following.type == tokenize.NEWLINE:
            start = source.offset(*colon.start)
            yield Change((Edit(start, start + 1, ""),), "a colon left out")


def unclosed_brackets(source: Source, draw: Draw) -> Iterable[Change]:
    """A closing bracket is lost; the place is the whole bracketed text."""
    opened = []
    for token in source.tokens:
        if token.type == tokenize.OP and token.string in OPENING:
            opened.append(token)
        elif token.type == tokenize.OP and token.string in CLOSING:
            start, line = source.offset(*token.start), opened.pop().start[0]
            yield Change((Edit(start, start + 1, ""),), f"lost: {token.string}", (line,))


def extra_brackets(source: Source, draw: Draw) -> Iterable[Change]:
    """A closing bracket too many."""
    for token in source.tokens:
        if token.type == tokenize.OP and token.string == ")":
            end = source.offset(*token.end)
            yield Change((Edit(end, end, ")"),), "a bracket too many")


def bad_indents(source: Source, draw: Draw) -> Iterable[Change]:
    """A line is one space or one level too far in."""
    for node in source.statements():
        if node.col_offset >= 4:
            start = source.starts[node.lineno - 1]
            space = draw.rng.choice([" ", "    ", "  "])
            yield Change((Edit(start, start, space),), "a line too far in")


def open_strings(source: Source, draw: Draw) -> Iterable[Change]:
    """The closing quote is missing."""
    for token in source.tokens:
        if token.type == tokenize.STRING and token.start[0] == token.end[0]:
            if token.string[-3:] in ('"""', "'''"):
                continue
            end = source.offset(*token.end)
            yield Change((Edit(end - 1, end, ""),), f"open: {token.string}")


def single_equals(source: Source, draw: Draw) -> Iterable[Change]:
    """An assignment where a comparison is meant."""
    for token in source.tokens:
        if token.type == tokenize.OP and token.string == "==":
            start = source.offset(*token.start)
            yield Change((Edit(start, start + 2, "="),), "== -> =")


def missing_commas(source: Source, draw: Draw) -> Iterable[Change]:
    """Two arguments without a comma between them."""
    for token in source.tokens:
        if token.type == tokenize.OP and token.string == ",":
            start = source.offset(*token.start)
            yield Change((Edit(start, start + 1, ""),), "a comma left out")


def misspelt_keywords(source: Source, draw: Draw) -> Iterable[Change]:
    """Fingers in the wrong order."""
    for token in source.tokens:
        if token.type == tokenize.NAME and token.string in SLIPS:
            start, end = source.offset(*token.start), source.offset(*token.end)
            new = SLIPS[token.string]
            yield Change((Edit(start, end, new),), f"{token.string} -> {new}")


def merge_conflicts(source: Source, draw: Draw) -> Iterable[Change]:
    """A conflict of two versions is left in the text."""
    for node in source.statements():
        if not isinstance(node, ast.Assign | ast.Return | ast.Expr):
            continue
        assert node.end_lineno is not None
        start, end = source.starts[node.lineno - 1], source.starts[node.end_lineno]
        mine = source.raw[start:end].decode()
        theirs = re.sub(r"\b\d+\b", lambda m: str(int(m.group()) + 1), mine)
        new = f"<<<<<<< HEAD\n{mine}=======\n{theirs}>>>>>>> tuning\n"
        yield Change((Edit(start, end, new),), "a merge conflict left")


def print_statements(source: Source, draw: Draw) -> Iterable[Change]:
    """Python 2 in an old notebook's cell."""
    for node in source.assigned():
        target = node.targets[0]
        assert isinstance(target, ast.Name)
        yield source.after(node, f'print "{target.id}", {target.id}')


def curly_quotes(source: Source, draw: Draw) -> Iterable[Change]:
    """A line that went through a word processor."""
    for token in source.tokens:
        plain = token.type == tokenize.STRING and re.fullmatch(r'"[^"\n]+"', token.string)
        if plain:
            start, end = source.offset(*token.start), source.offset(*token.end)
            new = f"\u201c{token.string[1:-1]}\u201d"
            yield Change((Edit(start, end, new),), "curly quotes")


def hard_spaces(source: Source, draw: Draw) -> Iterable[Change]:
    """A line copied from a web page, with spaces that are none."""
    for node in source.statements():
        if node.col_offset >= 4:
            start = source.starts[node.lineno - 1]
            new = "\u00a0" * node.col_offset
            yield Change((Edit(start, start + node.col_offset, new),), "hard spaces")


MUTATORS = (
    Mutator("missing_colon", "syntax", "either", missing_colons),
    Mutator("unclosed_bracket", "syntax", "either", unclosed_brackets),
    Mutator("extra_bracket", "syntax", "either", extra_brackets),
    Mutator("bad_indent", "syntax", "either", bad_indents),
    Mutator("open_string", "syntax", "either", open_strings),
    Mutator("single_equals", "syntax", "either", single_equals),
    Mutator("missing_comma", "syntax", "either", missing_commas),
    Mutator("misspelt_keyword", "syntax", "either", misspelt_keywords),
    Mutator("merge_conflict", "syntax", "either", merge_conflicts),
    Mutator("print_statement", "syntax", "either", print_statements),
    Mutator("curly_quotes", "syntax", "either", curly_quotes),
    Mutator("hard_spaces", "syntax", "either", hard_spaces),
)
