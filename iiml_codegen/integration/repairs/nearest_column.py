"""An unknown column: take the nearest real one, or leave it out of lists."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import replace_nodes, source_of, strings
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First rename all unknown columns to the nearest, then leave them out."""
    missing = [name for name in fault.names if name not in facts.columns]
    nearest = {name: near for name in missing if (near := nearest_name(name, facts.columns))}
    renamed = text
    for name, near in nearest.items():
        renamed = rename(renamed, name, near)
    if renamed != text:
        pairs = ", ".join(f"{name} by {near}" for name, near in nearest.items())
        yield Edit(f"Replace {pairs}", renamed)
    shorter = text
    for name in missing:
        shorter = leave_out(shorter, name)
    if shorter != text:
        yield Edit(f"Leave out {', '.join(missing)}", shorter)


def nearest_name(name: str, columns: tuple[str, ...]) -> str | None:
    """The column with the same letters, else the one spelled most alike."""
    plain = {re.sub(r"[\W_]+", "", column).lower(): column for column in reversed(columns)}
    wanted = re.sub(r"[\W_]+", "", name).lower()
    found = difflib.get_close_matches(wanted, sorted(plain), n=1, cutoff=0.6)
    return plain[found[0]] if found else None


def rename(text: str, name: str, near: str) -> str:
    """Replace the name wherever it is a string of its own, or a word of a text that is split."""
    tree = ast.parse(text)
    quote = [(node, source_of(text, node).replace(name, near)) for node in strings(tree, name)]
    return replace_nodes(text, [*quote, *reworded(tree, text, name, near)])


def reworded(tree: ast.AST, text: str, name: str, near: str) -> Iterator[tuple[ast.AST, str]]:
    """Texts that are split into words and hold the name as one of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "split":
            value = node.value
            if isinstance(value, ast.Constant) and name in str(value.value).split():
                source = source_of(text, value)
                yield value, re.sub(rf"(?<!\S){re.escape(name)}(?!\S)", near, source)


def leave_out(text: str, name: str) -> str:
    """Take the name out of lists of strings; other mentions stay."""
    tree = ast.parse(text)
    edits: list[tuple[ast.AST, str]] = list(reworded(tree, text, name, ""))
    for node in ast.walk(tree):
        if not isinstance(node, ast.List | ast.Tuple) or not strings(node, name):
            continue
        items = [item for item in node.elts if not is_name(item, name)]
        if 0 < len(items) < len(node.elts):
            inner = ", ".join(source_of(text, item) for item in items)
            edits.append((node, f"[{inner}]" if isinstance(node, ast.List) else f"({inner},)"))
    return replace_nodes(text, edits)


def is_name(item: ast.expr, name: str) -> bool:
    """Whether an entry of a list is this very string."""
    return isinstance(item, ast.Constant) and item.value == name


FAULT = Fault(
    kind="unknown_column",
    message="KeyError: 'Ages'",
    place=Place(file="prep.py", line=1),
    evidence="",
    names=("Ages",),
)
RENAME = Facts(columns=("Age", "Fare"))
REPAIR = Repair(
    name="nearest_column",
    title="Take the nearest real column",
    kinds=("unknown_column", "preprocessing"),
    propose=propose,
    examples=(
        Example(FAULT, 'x = t["Ages"]  # Ages\n', 'x = t["Age"]  # Ages\n', RENAME),
        Example(
            FAULT, 'N = """\nAges\nFare\n""".split()\n', 'N = """\nAge\nFare\n""".split()\n', RENAME
        ),
        Example(FAULT, 'N = ["Ages", "Fare"]\n', 'N = ["Fare"]\n', Facts(columns=("Fare",))),
    ),
)
