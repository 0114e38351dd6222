"""Python text the way a formatter would leave it: literals, import blocks, whole modules."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Mapping, Sequence

from iiml_codegen.syntax import syntax_tree

WIDTH = 100
LONGEST_LISTING = 24
FEWEST_COUNTED = 60
"""Names of a list that are written as what counts them, where they differ by a number alone."""


def literal(value: object, *, room: int = WIDTH, indent: int = 0) -> str:
    """A literal that fits `room` columns on one line, else one item per line."""
    flat = flat_literal(value)
    if len(flat) <= room or not isinstance(value, Mapping | Sequence) or isinstance(value, str):
        return flat
    inner = " " * (indent + 4)
    if isinstance(value, Mapping):
        rows = [
            f"{flat_literal(k)}: {nested(v, indent, len(repr(k)) + 2)}" for k, v in value.items()
        ]
        return "{\n" + "".join(f"{inner}{row},\n" for row in rows) + " " * indent + "}"
    if isinstance(value, list) and (counted := counted_names(value)):
        return counted
    if len(value) > LONGEST_LISTING and all(is_plain_word(item) for item in value):
        return word_list([str(item) for item in value], indent)
    left, right = ("(", ")") if isinstance(value, tuple) else ("[", "]")
    rows = [nested(item, indent, 0) for item in value]
    return f"{left}\n" + "".join(f"{inner}{row},\n" for row in rows) + " " * indent + right


def nested(value: object, indent: int, used: int) -> str:
    """A literal inside another one."""
    return literal(value, room=WIDTH - indent - 5 - used, indent=indent + 4)


def flat_literal(value: object) -> str:
    """A literal on one line, with double quotes where they need no escape."""
    if isinstance(value, str):
        text = repr(value)
        if text.startswith("'") and '"' not in text:
            return '"' + text[1:-1].replace("\\'", "'") + '"'
        return text
    if isinstance(value, Mapping):
        return (
            "{" + ", ".join(f"{flat_literal(k)}: {flat_literal(v)}" for k, v in value.items()) + "}"
        )
    if isinstance(value, tuple):
        inner = ", ".join(flat_literal(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, list):
        return "[" + ", ".join(flat_literal(item) for item in value) + "]"
    return repr(value)


def raw_literal(pattern: str) -> str:
    """A pattern as a raw string where that is possible."""
    plain = '"' not in pattern and "\n" not in pattern and not pattern.endswith("\\")
    return f'r"{pattern}"' if plain and "\\" in pattern else flat_literal(pattern)


def shortened(text: str, most: int = 44) -> str:
    """One line of at most `most` characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def is_plain_word(item: object) -> bool:
    """A name that survives joining by blanks and splitting again."""
    return isinstance(item, str) and item.isascii() and item.isprintable() and " " not in item


def counted_names(items: Sequence[object]) -> str:
    """`[f"pixel{n}" for n in range(784)]` for such names; empty for others, or for a few."""
    first = re.fullmatch(r"(\D*)(\d+)(\D*)", str(items[0]))
    if len(items) < FEWEST_COUNTED or first is None or not is_plain_word(items[0]):
        return ""
    before, start, after = first[1], int(first[2]), first[3]
    names = [f"{before}{number}{after}" for number in range(start, start + len(items))]
    if list(items) != names or any(mark in before + after for mark in '{}"\\'):
        return ""
    span = f"{start}, {start + len(items)}" if start else f"{len(items)}"
    return f'[f"{before}{{n}}{after}" for n in range({span})]'


def word_list(words: Sequence[str], indent: int) -> str:
    """A long list of names as lines of words, split at run time: a screen instead of a page."""
    inner = " " * (indent + 4)
    lines, line = [], ""
    for word in words:
        if line and len(line) + len(word) + 1 > WIDTH - indent - 6:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    lines.append(line)
    body = "\n".join(f"{inner}{part}" for part in lines)
    quoted = body.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""\n{quoted}\n{" " * indent}""".split()'


def assignment(name: str, value: object) -> str:
    """`NAME = literal`, broken over lines where it is long."""
    return f"{name} = {literal(value, room=WIDTH - len(name) - 3)}"


def import_block(statements: Iterable[str]) -> str:
    """Import statements merged per module, sorted, standard library first."""
    plain: set[str] = set()
    named: dict[str, set[str]] = {}
    for statement in statements:
        node = syntax_tree(statement).body[0]
        if isinstance(node, ast.ImportFrom):
            taken = named.setdefault(node.module or "", set())
            taken.update(a.name + (f" as {a.asname}" if a.asname else "") for a in node.names)
        else:
            plain.add(statement.strip())
    future = sorted(f"from __future__ import {name}" for name in named.pop("__future__", ()))
    standard: list[str] = []
    others: list[str] = []
    for statement in sorted(plain, key=lambda s: (s.split()[1].lower(), s)):
        (standard if is_standard(statement.split()[1]) else others).append(statement)
    for module in sorted(named, key=lambda name: (name.lower(), name)):
        line = from_import(module, sorted(named[module], key=name_order))
        (standard if is_standard(module) else others).append(line)
    return "\n\n".join("\n".join(block) for block in (future, standard, others) if block)


def replace_imports(text: str, statements: Iterable[str]) -> str:
    """Put one merged import block where the module's imports stand."""
    nodes = [n for n in syntax_tree(text).body if isinstance(n, ast.Import | ast.ImportFrom)]
    lines = text.splitlines()
    first, last = nodes[0].lineno - 1, nodes[-1].end_lineno or nodes[-1].lineno
    return "\n".join([*lines[:first], import_block(statements), *lines[last:]]) + "\n"


def name_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as isort orders the names of one import."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[:1].isupper() else 2), name


def from_import(module: str, names: Sequence[str]) -> str:
    """`from module import names`, one per line where they do not fit."""
    flat = f"from {module} import {', '.join(names)}"
    if len(flat) <= WIDTH:
        return flat
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def is_standard(module: str) -> bool:
    """Whether a module comes with Python."""
    return module.partition(".")[0] in sys.stdlib_module_names


def module_text(
    docstring: str, imports: Iterable[str], constants: Sequence[str], definitions: Sequence[str]
) -> str:
    """A whole module: docstring, imports, constants, then definitions two lines apart."""
    head = [f'"""{docstring}"""', import_block(imports)]
    if constants:
        head.append("\n".join(constants))
    return "\n\n".join(head) + "".join(f"\n\n\n{text}" for text in definitions) + "\n"
