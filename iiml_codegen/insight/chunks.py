"""Takes a text apart at its top-level statements, so that a keystroke costs one of them.

Each statement is read by itself and remembered by its text. One that does not parse is read by its
words; all others keep what they said.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from iiml_codegen.syntax import syntax_tree

LINE_END = re.compile(r"\r\n|\n|\r")
WORD = re.compile(r"[^\W\d]\w*")
TOKEN = re.compile(r"#.*|\"\"\"|'''|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'")
GOES_ON = re.compile(r"(else|elif|except|finally)\b")
DEFINES = re.compile(r"(?:async\s+)?def\s+(\w+)|class\s+(\w+)|(\w+)\s*(?::[^=]+)?=(?!=)")
Kind = Literal["function", "class", "value", "import", "other"]


@dataclass(frozen=True)
class Statement:
    """A statement in the body of a function, by lines counted from 0 in its chunk."""

    first: int
    last: int
    reads: frozenset[str]
    makes: tuple[str, ...]
    returns: bool


@dataclass(frozen=True)
class ChunkFacts:
    """What one top-level statement defines and uses; lines count from 0 in the chunk.

    `parses` is False where only its words are known.
    """

    kind: Kind
    name: str
    uses: tuple[tuple[str, int], ...]
    parameters: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    parses: bool = True


@dataclass(frozen=True)
class Chunk:
    """A top-level statement and the blank lines and comments below it; lines count from 1."""

    first: int
    last: int
    text: str
    facts: ChunkFacts


def split(text: str) -> list[str]:
    """The lines of a text as editors see them."""
    return LINE_END.split(text)


def chunks(lines: Sequence[str]) -> Iterator[Chunk]:
    """The top-level statements of a text; `last` is the last line that says something."""
    starts = list(beginnings(lines))
    for first, after in zip(starts, [*starts[1:], len(lines)], strict=True):
        last = after
        while last > first + 1 and (not lines[last - 1] or lines[last - 1][0] in "#"):
            last -= 1
        text = "\n".join(lines[first:last])
        yield Chunk(first + 1, last, text, read(text))


def beginnings(lines: Sequence[str]) -> Iterator[int]:
    """Where top-level statements begin, counted from 0; decorators belong to what follows."""
    quote, decorated = "", False
    for number, line in enumerate(lines):
        if not quote and line and line[0] not in " \t#)]}\f" and not GOES_ON.match(line):
            if not decorated:
                yield number
            decorated = line.startswith("@")
        if quote or '"""' in line or "'''" in line:
            quote = quote_after(line, quote)


def quote_after(line: str, quote: str) -> str:
    """The triple quote that is open behind a line, given what was open before it."""
    place = 0
    while True:
        if quote:
            end = line.find(quote, place)
            if end < 0:
                return quote
            quote, place = "", end + 3
        found = TOKEN.search(line, place)
        if found is None or found.group().startswith("#"):
            return ""
        place = found.end()
        if found.group() in ('"""', "'''"):
            quote = found.group()


@lru_cache(maxsize=8192)
def read(text: str) -> ChunkFacts:
    """What one statement defines and uses, from its tree or else from its words."""
    try:
        body = syntax_tree(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return by_words(text)
    return by_tree(body[0]) if body else by_words(text)


def by_words(text: str) -> ChunkFacts:
    """What the words of a broken statement say."""
    lines = text.split("\n")
    start = next((line for line in lines if not line.startswith("@")), "")
    found = DEFINES.match(start)
    function, kind, name = found.groups() if found else (None, None, None)
    uses = [
        (word, number)
        for number, line in enumerate(lines)
        for word in WORD.findall(line.partition("#")[0])
    ]
    what: Kind = "function" if function else "class" if kind else "value" if name else "other"
    return ChunkFacts(what, function or kind or name or "", tuple(uses), parses=False)


def by_tree(node: ast.stmt) -> ChunkFacts:
    """What the tree of a statement says."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return of_function(node)
    uses = uses_of(names_in(node))
    if isinstance(node, ast.ClassDef):
        return ChunkFacts("class", node.name, uses)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return ChunkFacts("import", "", uses)
    made = assigned(node)
    return ChunkFacts("value" if made else "other", made[0] if made else "", uses)


def of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> ChunkFacts:
    """What a function says; each node of its body is looked at once."""
    given = node.args
    parameters = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    around = [*node.decorator_list, given, *([node.returns] if node.returns else [])]
    uses = [use for one in around for use in uses_of(names_in(one))]
    statements = []
    for one in node.body:
        names = names_in(one)
        uses += uses_of(names)
        reads = frozenset(n.id for n in names if isinstance(n.ctx, ast.Load))
        last = (one.end_lineno or one.lineno) - 1
        returns = isinstance(one, ast.Return)
        statements.append(Statement(one.lineno - 1, last, reads, assigned(one), returns))
    return ChunkFacts("function", node.name, tuple(uses), tuple(parameters), tuple(statements))


def names_in(node: ast.AST) -> list[ast.Name]:
    """All names in a tree."""
    return [one for one in ast.walk(node) if isinstance(one, ast.Name)]


def uses_of(names: Sequence[ast.Name]) -> tuple[tuple[str, int], ...]:
    """Names with their lines, counted from 0."""
    return tuple((one.id, one.lineno - 1) for one in names)


def assigned(node: ast.stmt) -> tuple[str, ...]:
    """The names that an assignment gives values to; `table["x"] = …` gives one to none."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)):
        targets = [node.target]
    else:
        return ()
    names = [n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return tuple(n.id for n in names if isinstance(n.ctx, ast.Store))
