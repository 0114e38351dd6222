"""Leaves out of a module's text what its constants and its calls have settled."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from textwrap import wrap

from iiml_codegen.implementation.recipes import imported_names
from iiml_codegen.implementation.rendering import WIDTH, replace_imports
from iiml_codegen.syntax import syntax_tree

Argument = ast.expr | ast.keyword

ONE_OR_ALL = "Give P(second class), or one probability per class where there are more than two."
ONE, ALL = "Give P(second class).", "Give one probability per class."
"""What docstrings say of two classes or more, of two, of more."""


class Edits:
    """Replacements in a text by its syntax tree; columns of trees count bytes."""

    def __init__(self, text: str) -> None:
        self.tree = syntax_tree(text)
        self.lines = text.encode().splitlines(keepends=True)
        self.found: list[tuple[int, int, bytes]] = []

    def place(self, line: int, column: int) -> int:
        """Where a line and column lie among all bytes."""
        return sum(map(len, self.lines[: line - 1])) + column

    def source(self, node: ast.expr) -> bytes:
        """How a node is written."""
        start, end = self.ends(node)
        return b"".join(self.lines)[start:end]

    def ends(self, node: Argument) -> tuple[int, int]:
        """Where a node begins and ends."""
        first = self.place(node.lineno, node.col_offset)
        return first, self.place(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def replace(self, node: ast.expr, by: ast.expr) -> None:
        """Put another node's text in the place of a node."""
        self.found.append((*self.ends(node), self.source(by)))

    def drop_lines(self, first: int, last: int) -> None:
        """Take whole lines away."""
        self.found.append((self.place(first, 0), self.place(last + 1, 0), b""))

    def drop_argument(self, call: ast.Call, argument: Argument) -> None:
        """Take an argument away with the comma beside it."""
        arguments: list[Argument] = [*call.args, *call.keywords]
        given = sorted(arguments, key=self.ends)
        at, (start, end) = given.index(argument), self.ends(argument)
        if at + 1 < len(given):
            end = self.ends(given[at + 1])[0]
        elif at:
            start = self.ends(given[at - 1])[1]
        self.found.append((start, end, b""))

    def settle_block(self, node: ast.If, holds: bool) -> None:
        """Take a block without `else` away, or its condition alone and its indentation."""
        last = node.end_lineno or node.lineno
        if not holds:
            self.drop_lines(node.lineno, last)
            return
        self.drop_lines(node.lineno, node.lineno)
        depth = node.body[0].col_offset - node.col_offset
        for line in range(node.lineno + 1, last + 1):
            self.found.append((self.place(line, 0), self.place(line, depth), b""))

    def done(self) -> str:
        """The text with all replacements made, but those within another one."""
        whole, kept, at = b"".join(self.lines), list[bytes](), 0
        for start, end, new in sorted(self.found, key=lambda one: (one[0], -one[1])):
            if start >= at:
                kept += [whole[at:start], new]
                at = end
        return b"".join([*kept, whole[at:]]).decode()


def settle_constants(text: str) -> str:
    """Decide `A if NAME else B`, `A if NAME == 2 else B` and `if NAME:` where NAME is known.

    A keyword or local that is None thereby is no argument any more, as None is what options are
    unless given; constants and imports that served nothing else go.
    """
    edits, asked = Edits(text), set[str]()
    known = {
        node.targets[0].id: node.value.value
        for node in edits.tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, int)
    }
    calls = [node for node in ast.walk(edits.tree) if isinstance(node, ast.Call)]
    keywords = {id(one.value): (call, one) for call in calls for one in call.keywords}
    for node in ast.walk(edits.tree):
        if isinstance(node, ast.IfExp) and (name := asked_name(node.test)) in known:
            asked.add(name)
            holds = known[name] if isinstance(node.test, ast.Name) else known[name] == 2
            chosen = node.body if holds else node.orelse
            if id(node) in keywords and ast.unparse(chosen) == "None":
                edits.drop_argument(*keywords[id(node)])
            else:
                edits.replace(node, chosen)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id in known:
            asked.add(node.test.id)
            edits.settle_block(node, bool(known[node.test.id]))
    if "CLASSES" in asked:
        text = edits.done().replace(ONE_OR_ALL, ONE if known["CLASSES"] == 2 else ALL)
    else:
        text = edits.done()
    text = without_empty_locals(text)
    edits = Edits(text)
    for statement in edits.tree.body:
        name = ast.unparse(statement.targets[0]) if isinstance(statement, ast.Assign) else ""
        if name in asked and len(re.findall(rf"\b{name}\b", text)) == 1:
            edits.drop_lines(statement.lineno, statement.end_lineno or statement.lineno)
    text = edits.done()
    return without_idle_imports(text) if asked else text


def without_idle_imports(text: str) -> str:
    """Leave out imports of names that a module does not use."""
    used = {node.id for node in ast.walk(syntax_tree(text)) if isinstance(node, ast.Name)}
    found = imported_names(text)
    if set(found) <= used:
        return text
    return replace_imports(text, [said for name, said in found.items() if name in used])


def asked_name(test: ast.expr) -> str:
    """The name in `NAME` or `NAME == 2`; empty for any other question."""
    match test:
        case ast.Name(name):
            return name
        case ast.Compare(ast.Name(name), [ast.Eq()], [ast.Constant(2)]):
            return name
        case _:
            return ""


def without_empty_locals(text: str) -> str:
    """Drop `name = None` of a function in which the name is an argument and nothing else."""
    edits = Edits(text)
    for function in edits.tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        for statement in function.body:
            match statement:
                case ast.Assign([ast.Name(name)], ast.Constant(None)):
                    uses = arguments_called(function, name)
                    if len(uses) == sum(node.id == name for node in names) - 1:
                        edits.drop_lines(statement.lineno, statement.lineno)
                        for call, argument in uses:
                            edits.drop_argument(call, argument)
    return edits.done()


def arguments_called(function: ast.FunctionDef, name: str) -> list[tuple[ast.Call, Argument]]:
    """Where a function gives a name as a keyword, or as the last of the others."""
    found: list[tuple[ast.Call, Argument]] = []
    for call in ast.walk(function):
        if isinstance(call, ast.Call):
            given: list[Argument] = [*call.args[-1:], *call.keywords]
            found += [
                (call, one)
                for one in given
                if ast.unparse(one.value if isinstance(one, ast.keyword) else one) == name
            ]
    return found


def without_idle_options(texts: Iterable[str], callers: str) -> list[str]:
    """Functions without the options that are None unless given, and that no call gives."""
    taken = list(texts)
    whole = syntax_tree("\n".join([callers, *taken]))
    return [settled_function(text, idle_options(text, whole)) for text in taken]


def idle_options(text: str, whole: ast.Module) -> set[str]:
    """Keyword-only parameters of a function that are None in every call of a module."""
    function = syntax_tree(text).body[0]
    if not isinstance(function, ast.FunctionDef):
        return set()
    options = {
        argument.arg
        for argument, default in zip(
            function.args.kwonlyargs, function.args.kw_defaults, strict=True
        )
        if isinstance(default, ast.Constant) and default.value is None
    }
    named = [n for n in ast.walk(whole) if isinstance(n, ast.Name) and n.id == function.name]
    calls = [n for n in ast.walk(whole) if isinstance(n, ast.Call) and called_by(n) in named]
    if len(calls) != len(named):
        return set()
    return options - {keyword.arg for call in calls for keyword in call.keywords}


def called_by(call: ast.Call) -> ast.expr:
    """What a call calls; `partial(NAME, …)` counts as a call of NAME."""
    by_parts = isinstance(call.func, ast.Name) and call.func.id == "partial" and call.args
    return call.args[0] if by_parts else call.func


def settled_function(text: str, idle: set[str]) -> str:
    """A function without these parameters, whose value is None, and what it does for them."""
    if not idle:
        return text
    edits = Edits(text)
    function = edits.tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    for argument in function.args.kwonlyargs:
        if argument.arg in idle:
            edits.drop_lines(argument.lineno, argument.lineno)
    for name in sorted(idle):
        for call, given in arguments_called(function, name):
            edits.drop_argument(call, given)
    for node in ast.walk(function):
        match node:
            case ast.If(test) if first_asked(test) in idle:
                edits.drop_lines(node.lineno, node.end_lineno or node.lineno)
            case ast.BoolOp(ast.Or(), [ast.Name(name), other]) if name in idle:
                edits.replace(node, other)
    return without_sentences(edits.done(), idle)


def first_asked(test: ast.expr) -> str:
    """The name in `NAME is not None`, alone or as the first of several conditions."""
    first = test.values[0] if isinstance(test, ast.BoolOp) else test
    match first:
        case ast.Compare(ast.Name(name), [ast.IsNot()], [ast.Constant(None)]):
            return name
        case _:
            return ""


def without_sentences(text: str, names: set[str]) -> str:
    """A function whose docstring does not speak of these parameters any more."""
    said = ast.get_docstring(syntax_tree(text).body[0]) or ""  # type: ignore[arg-type]
    first, _, rest = said.partition("\n\n")
    sentences = re.split(r"(?<=\.)\s+", rest)
    kept = [one for one in sentences if not any(f"`{name}`" in one for name in names)]
    if kept == sentences:
        return text
    lines = [f"    {line}" for line in wrap(" ".join(kept), WIDTH - 4)]
    page = "\n".join([f'    """{first}', *(["", *lines, '    """'] if lines else [])])
    page += "" if lines else '"""'
    return re.sub(r'    """.*?"""', lambda _: page, text, count=1, flags=re.S)
