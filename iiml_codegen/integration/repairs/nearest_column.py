"""A name that is not there, of a column or a key: take the nearest that is, or leave it out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import replace_nodes, source_of, strings
from iiml_codegen.integration.repairs.flow import Source, source_at, text_of
from iiml_codegen.integration.repairs.known_names import (
    known_names,
    missing_names,
    nearest_names,
)
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.syntax import syntax_tree


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """First rename all unknown names to the nearest ones, then leave them out."""
    if fault.code.startswith("IIML3"):
        return
    source = source_at(fault, text)
    known = known_names(fault, source, facts)
    missing = [
        name
        for name in missing_names(fault)
        if mentioned(source.tree, name) and not only_dropped(source.tree, name)
    ]
    forbidden = never_features(facts)
    if missing and set(missing) <= forbidden:
        yield from left_out(text, missing, loses=False)
    real = {*facts.columns, *forbidden}
    nearest = {name: nearest_names(name, known) for name in missing if name not in real}
    for rank in range(2):
        pairs = {name: near[rank] for name, near in nearest.items() if len(near) > rank}
        renamed = text
        for name, near in pairs.items():
            renamed = rename(renamed, name, near)
            if "has no attribute" in fault.message:
                edits = attributes(syntax_tree(renamed), renamed, name, near)
                renamed = replace_nodes(renamed, edits)
        if renamed != text:
            listed = ", ".join(f"{name} by {near}" for name, near in pairs.items())
            yield Edit(f"Replace {listed}", renamed)
    yield from left_out(text, missing, loses=not set(missing) <= forbidden)


def never_features(facts: Facts) -> set[str]:
    """Columns that no model may see: leaving them out loses nothing."""
    if facts.task is None:
        return set()
    return {*facts.task.targets, *facts.task.train_only_columns, facts.task.id_column or ""}


def mentioned(tree: ast.AST, name: str) -> bool:
    """Whether a text holds the name at all."""
    return any(
        (isinstance(node, ast.Constant) and name in str(node.value))
        or (isinstance(node, ast.Attribute) and node.attr == name)
        for node in ast.walk(tree)
    )


def left_out(text: str, missing: list[str], *, loses: bool) -> Iterator[Edit]:
    """The text without the names in its lists."""
    shorter = text
    for name in missing:
        shorter = leave_out(shorter, name)
    if shorter != text:
        listed = ", ".join(missing)
        yield Edit(f"Leave out {listed}", shorter, loses=f"what {listed} would tell" * loses)


def rename(text: str, name: str, near: str) -> str:
    """Replace the name wherever it is a string of its own, or a word of a text that is split."""
    tree = syntax_tree(text)
    quote = [(node, source_of(text, node).replace(name, near)) for node in strings(tree, name)]
    return replace_nodes(text, [*quote, *reworded(tree, text, name, near)])


def attributes(tree: ast.AST, text: str, name: str, near: str) -> Iterator[tuple[ast.AST, str]]:
    """Columns that are taken as attributes; one that is no identifier becomes a subscript."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == name:
            value = source_of(text, node.value)
            yield node, f"{value}.{near}" if near.isidentifier() else f'{value}["{near}"]'


def reworded(tree: ast.AST, text: str, name: str, near: str) -> Iterator[tuple[ast.AST, str]]:
    """Texts that are split into words and hold the name as one of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "split":
            value = node.value
            if name in text_of(value).split():
                source = source_of(text, value)
                yield value, re.sub(rf"(?<!\S){re.escape(name)}(?!\S)", near, source)


def leave_out(text: str, name: str, spared: str = r"^$") -> str:
    """Take the name out of lists of strings; other mentions stay, and constants named like that."""
    tree = syntax_tree(text)
    kept = {id(v) for n, v in Source(text).constants.items() if re.search(spared, n)}
    edits: list[tuple[ast.AST, str]] = list(reworded(tree, text, name, ""))
    for node in ast.walk(tree):
        if not isinstance(node, ast.List | ast.Tuple) or not strings(node, name):
            continue
        if id(node) in kept or keys_of_drop(tree, node):
            continue
        items = [item for item in node.elts if text_of(item) != name]
        if 0 < len(items) < len(node.elts):
            inner = ", ".join(source_of(text, item) for item in items)
            edits.append((node, f"[{inner}]" if isinstance(node, ast.List) else f"({inner},)"))
    return replace_nodes(text, edits)


def keys_of_drop(tree: ast.AST, node: ast.AST) -> bool:
    """Whether a list says which columns are dropped."""
    calls = [call for call in ast.walk(tree) if isinstance(call, ast.Call)]
    drops = [call for call in calls if isinstance(call.func, ast.Attribute)]
    return any(
        call.func.attr == "drop" and node in [*call.args, *(k.value for k in call.keywords)]
        for call in drops
        if isinstance(call.func, ast.Attribute)
    )


def only_dropped(tree: ast.AST, name: str) -> bool:
    """Whether a name stands nowhere but where columns are dropped."""
    lists = [node for node in ast.walk(tree) if isinstance(node, ast.List | ast.Tuple)]
    dropped = sum(len(strings(node, name)) for node in lists if keys_of_drop(tree, node))
    return dropped > 0 and dropped == len(strings(tree, name))


def unknown(message: str, *names: str) -> Fault:
    """The fault of a name that is not there."""
    place = Place(file="prep.py", line=1)
    return Fault(
        kind="unknown_column", message=message, place=place, evidence="", names=tuple(names)
    )


FAULT = unknown("KeyError: 'Ages'", "Ages")
RENAME = Facts(columns=("Age", "Fare"))
REPAIR = Repair(
    name="nearest_column",
    title="Take the nearest real column",
    kinds=(
        *("unknown_column", "preprocessing", "contract_usage", "contract_fulfilment"),
        *("incompatible_api", "unknown"),
    ),
    propose=propose,
    examples=(
        Example(FAULT, 'x = t["Ages"]  # Ages\n', 'x = t["Age"]  # Ages\n', RENAME),
        Example(
            FAULT, 'N = """\nAges\nFare\n""".split()\n', 'N = """\nAge\nFare\n""".split()\n', RENAME
        ),
        Example(FAULT, 'N = ["Ages", "Fare"]\n', 'N = ["Fare"]\n', Facts(columns=("Fare",))),
        Example(
            unknown("KeyError: 'AgeMissing'", "AgeMissing"),
            'f = {f"{c}_missing": t[c].isna() for c in ["Age"]}\nx = f["AgeMissing"]\n',
            'f = {f"{c}_missing": t[c].isna() for c in ["Age"]}\nx = f["Age_missing"]\n',
            RENAME,
        ),
        Example(
            unknown("AttributeError: 'DataFrame' object has no attribute 'age'"),
            "x = t.age.mean()\n",
            "x = t.Age.mean()\n",
            RENAME,
        ),
    ),
)
