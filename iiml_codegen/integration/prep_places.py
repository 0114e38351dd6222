"""Where prep makes what a clause speaks of: an output, or a column of it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from iiml_codegen.syntax import syntax_tree

MAKING = ("assign", "insert", "rename", "add_prefix", "join", "merge")
"""Methods whose arguments name columns that come to be."""


def functions(text: str) -> dict[str, ast.FunctionDef]:
    """Top-level functions of a module by name."""
    return {node.name: node for node in syntax_tree(text).body if isinstance(node, ast.FunctionDef)}


def output_line(text: str, output: str) -> int:
    """The line of `prepare` that gives an output: its key, else its view's name, else `def`."""
    prepare = functions(text).get("prepare")
    if prepare is None:
        return 1
    for wanted in names_of(output):
        lines = list(mentions(prepare, wanted))
        if lines:
            return max(lines)
    return prepare.lineno


def names_of(output: str) -> tuple[str, ...]:
    """An output and its view: `words_train`, `words`; a tower stands in its output."""
    whole = output.partition(".")[0]
    return tuple(dict.fromkeys((whole, whole.removesuffix("_train").removesuffix("_test"))))


def mentions(function: ast.FunctionDef, text: str) -> Iterator[int]:
    """Lines where a string stands, or is built from that beginning."""
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and node.value in (text, f"{text}_"):
            yield node.lineno


def missing_line(text: str, known: Collection[str]) -> int:
    """Where an output should have been given: a key that nobody knows, else the last `return`."""
    prepare = functions(text).get("prepare")
    if prepare is None:
        return 1
    returns = [node for node in ast.walk(prepare) if isinstance(node, ast.Return)]
    for given in (node.value for node in returns):
        for key in given.keys if isinstance(given, ast.Dict) else ():
            if isinstance(key, ast.Constant) and key.value not in known:
                return key.lineno
    return max((node.end_lineno or node.lineno for node in returns), default=prepare.lineno)


def making_line(text: str, output: str) -> int | None:
    """The line that makes the value that `prepare` gives as an output, if a name leads to it.

    What comes from `extracted["words"]` is made in `extract`.
    """
    found = functions(text)
    prepare = found.get("prepare")
    given = given_as(prepare, names_of(output)) if prepare else None
    if prepare is None or given is None:
        return None
    extract = found.get("extract")
    for node in ast.walk(given):
        if isinstance(node, ast.Subscript) and extract and is_extracted(node):
            key = getattr(node.slice, "value", "")
            source = given_as(extract, (str(key),))
            return last_made(extract, source) if source is not None else None
    return last_made(prepare, given)


def comes_from_extract(text: str, view: str) -> bool:
    """Whether `extract` gives a view, and `prepare` hands it on."""
    found = functions(text)
    extract, prepare = found.get("extract"), found.get("prepare")
    if extract is None or prepare is None or not any(mentions(extract, view)):
        return False
    taken = [n for n in ast.walk(prepare) if isinstance(n, ast.Subscript) and is_extracted(n)]
    return any(getattr(node.slice, "value", "") == view for node in taken)


def is_extracted(node: ast.Subscript) -> bool:
    """Whether a value is taken from what `extract` gave."""
    return isinstance(node.value, ast.Name) and node.value.id == "extracted"


def given_as(function: ast.FunctionDef, names: Collection[str]) -> ast.expr | None:
    """The expression that a function returns under a name, or passes on beside it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in names:
                    return value
        if isinstance(node, ast.Call) and len(node.args) > 1:
            first = node.args[0]
            if isinstance(first, ast.Constant) and first.value in names:
                return node.args[1]
    return None


def last_made(function: ast.FunctionDef, value: ast.expr) -> int | None:
    """The last assignment to the first name of an expression that a function assigns to."""
    assigned: dict[str, int] = {}
    for node in ast.walk(function):
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        assigned[name.id] = max(node.lineno, assigned.get(name.id, 0))
    used = [n.id for n in ast.walk(value) if isinstance(n, ast.Name) and n.id in assigned]
    return assigned[used[0]] if used else None


def column_line(text: str, names: Collection[str]) -> int | None:
    """The last line that makes one of the columns; None where no line says so by name.

    A column is made by `table["age"] = …`, by a method that names it, or in `{"age": …}`.
    """
    tree = syntax_tree(text)
    return max((line for node in ast.walk(tree) for line in makes(node, names)), default=None)


def makes(node: ast.AST, names: Collection[str]) -> Iterator[int]:
    """Lines at which a node gives a column one of these names."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        places = [n for n in ast.walk(node.slice) if isinstance(n, ast.Constant)]
        yield from (n.lineno for n in places if n.value in names)
    if isinstance(node, ast.Dict):
        yield from (k.lineno for k in node.keys if isinstance(k, ast.Constant) and k.value in names)
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in MAKING:
        yield from (word.value.lineno for word in node.keywords if word.arg in names)
        given = [a for a in node.args if isinstance(a, ast.Constant) and a.value in names]
        yield from (argument.lineno for argument in given)


def listing_line(text: str, names: Collection[str]) -> int | None:
    """The last line that lists one of the columns among others, such as a constant of features."""
    listed = [
        item.lineno
        for node in ast.walk(syntax_tree(text))
        if isinstance(node, (ast.List, ast.Tuple, ast.Set))
        for item in node.elts
        if isinstance(item, ast.Constant) and item.value in names
    ]
    return max(listed, default=None)
