"""Folds a line of code that grew too long, at its last bracket, the way a formatter would."""

from __future__ import annotations

import ast
import io
import tokenize

from iiml_codegen.implementation.rendering import WIDTH
from iiml_codegen.syntax import expression_tree, syntax_tree

STEP = 4
OPENING, CLOSING = "([{", ")]}"


def folded(line: str, indent: int = 0) -> list[str]:
    """Lines of at most `WIDTH` columns where brackets allow it; a line that fits stays one line.

    `line` is one statement without its indentation; `indent` is what it will stand behind. A line
    without a bracket to fold at stays as it is.
    """
    if indent + len(line) <= WIDTH:
        return [line]
    choice = folded_choice(line) or folded_comprehension(line)
    places = last_bracket(line)
    if choice or places is None:
        return choice or [line]
    opening, closing = places
    head, body, tail = line[: opening + 1], line[opening + 1 : closing], line[closing:]
    deeper = " " * STEP
    if indent + STEP + len(body) <= WIDTH:
        return [head, deeper + body, tail]
    items = split_items(body)
    comma = "," if len(items) > 1 else ""  # one item may be a comprehension, which takes none
    rows = [part for item in items for part in folded(f"{item}{comma}", indent + STEP)]
    return [head, *(deeper + row for row in rows), tail]


def says_the_same(before: str, after: str) -> bool:
    """Whether two texts are the same code: statements, heads of blocks, parts of expressions."""
    for frame in ("{}", "{}\n    ...", "({})", "call({})", "[{}]"):
        try:
            meant = ast.dump(syntax_tree(frame.format(before)))
        except SyntaxError:
            continue
        try:
            return meant == ast.dump(syntax_tree(frame.format(after)))
        except SyntaxError:
            return False
    return False


def folded_choice(line: str) -> list[str]:
    """`x = a if b else c`, or the same after `return`, with each part on a line of its own."""
    try:
        node = syntax_tree(line).body[0] if line.startswith("return ") or " = " in line else None
    except SyntaxError:
        return []
    value = node.value if isinstance(node, ast.Return | ast.Assign) else None
    if not isinstance(value, ast.IfExp):
        return []
    deeper = " " * STEP
    lines = [f"{line[: value.col_offset]}(", f"{deeper}{ast.get_source_segment(line, value.body)}"]
    rest: ast.expr = value
    while isinstance(rest, ast.IfExp):
        lines.append(f"{deeper}if {ast.get_source_segment(line, rest.test)}")
        then = rest.orelse.body if isinstance(rest.orelse, ast.IfExp) else rest.orelse
        lines.append(f"{deeper}else {ast.get_source_segment(line, then)}")
        rest = rest.orelse
    return [*lines, ")"]


def folded_comprehension(line: str) -> list[str]:
    """`a for b in c if d`, as it stands between brackets, with each part on a line of its own."""
    try:
        node = expression_tree(f"[{line}]")
    except SyntaxError:
        return []
    if not isinstance(node, ast.ListComp) or not line.isascii():
        return []
    begins = []
    for part in node.generators:
        begins.append(line.rindex("for ", 0, part.target.col_offset - 1))
        begins += [line.rindex("if ", 0, test.col_offset - 1) for test in part.ifs]
    ends = [*begins, len(line)]
    parts = [line[: begins[0]], *(line[a:b] for a, b in zip(begins, ends[1:], strict=True))]
    return [part.strip() for part in parts]


def brackets(code: str) -> list[tuple[str, int]]:
    """Brackets and commas of a line with their columns, those inside strings left out.

    Empty for text that is no complete expression or statement.
    """
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    marks = (*OPENING, *CLOSING, ",")
    return [(t.string, t.start[1]) for t in tokens if t.type == tokenize.OP and t.string in marks]


def last_bracket(line: str) -> tuple[int, int] | None:
    """Columns of the pair of brackets that closes last on the outermost level."""
    open_at: list[int] = []
    found = None
    for mark, column in brackets(line):
        if mark in OPENING:
            open_at.append(column)
        elif mark in CLOSING:
            if not open_at:
                return None
            start = open_at.pop()
            if not open_at and column > start + 1:
                found = start, column
    return found


def split_items(body: str) -> list[str]:
    """The items of a bracket: what its outermost commas part."""
    depth, start, items = 0, 0, []
    for mark, column in brackets(f"({body})"):
        depth += (mark in OPENING) - (mark in CLOSING)
        if mark == "," and depth == 1:
            items.append(body[start : column - 1].strip())
            start = column
    return [item for item in (*items, body[start:].strip()) if item]
