"""Too slow or too large: halve the settings that cost time or memory."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import replace_nodes
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair

SLOW = {
    *("rounds", "most_rounds", "n_estimators", "iterations", "num_boost_round", "max_iter"),
    *("epochs", "n_epochs", "max_epochs", "num_train_epochs", "trees", "n_trees", "n_iter"),
}
LARGE = {
    *("max_features", "num_leaves", "max_leaves", "max_bin", "max_depth", "depth", "n_components"),
    *("batch_size", "hidden_size", "n_features", "max_length"),
}


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Halve, then quarter; rounds first if time ran out, sizes first if memory did."""
    first, second = (SLOW, LARGE) if fault.kind == "timeout" else (LARGE, SLOW)
    for names, divisor in ((first, 2), (first, 4), (second, 2)):
        cheaper = divided(text, names, divisor)
        if cheaper != text:
            yield Edit(f"Divide {changed(text, names)} by {divisor}", cheaper)


def divided(text: str, names: set[str], divisor: int) -> str:
    """The text with whole numbers of these settings divided, and at least 1."""
    numbers = [node for _, node in settings(ast.parse(text), names)]
    return replace_nodes(text, [(node, str(smaller(node, divisor))) for node in numbers])


def smaller(node: ast.Constant, divisor: int) -> int:
    """A whole number, divided."""
    value = node.value
    assert isinstance(value, int)
    return max(1, value // divisor)


def changed(text: str, names: set[str]) -> str:
    """The settings that are found, in order of their names."""
    return ", ".join(sorted({name for name, _ in settings(ast.parse(text), names)}))


def settings(tree: ast.Module, names: set[str]) -> Iterator[tuple[str, ast.Constant]]:
    """Whole numbers that are set by a constant, a keyword or an entry of a dict."""
    for node in ast.walk(tree):
        for name, value in named_values(node):
            if name.lower() in names and isinstance(value, ast.Constant) and is_count(value.value):
                yield name, value


def named_values(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """Names and values that one node sets."""
    if isinstance(node, ast.Assign):
        yield from ((t.id, node.value) for t in node.targets if isinstance(t, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node.value
    elif isinstance(node, ast.keyword) and node.arg:
        yield node.arg, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant):
                yield str(key.value), value


def is_count(value: object) -> bool:
    """Whether a value is a number of something, above 1."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 1


def over(kind: str) -> Fault:
    """The fault of a limit."""
    return Fault(
        kind="timeout" if kind == "timeout" else "memory",
        message="over the limit",
        place=Place(file="model_a.py", line=1),
        evidence="",
    )


REPAIR = Repair(
    name="cheaper_settings",
    title="Cheaper settings",
    kinds=("timeout", "memory"),
    propose=propose,
    examples=(
        Example(over("timeout"), "ROUNDS = 300\nSEED = 8\n", "ROUNDS = 150\nSEED = 8\n"),
        Example(
            over("timeout"),
            'P = {"iterations": 9, "depth": 6}\n',
            'P = {"iterations": 4, "depth": 6}\n',
        ),
        Example(
            over("memory"),
            "t = T(max_features=1000, n_iter=4)\n",
            "t = T(max_features=500, n_iter=4)\n",
        ),
    ),
)
