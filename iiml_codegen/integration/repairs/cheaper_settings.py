"""Too slow or too large: bring the settings that cost time or memory back, then halve them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import replace_nodes
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair
from iiml_codegen.syntax import syntax_tree

SLOW = {
    **dict.fromkeys(("rounds", "n_estimators", "iterations", "num_boost_round", "num_rounds"), 300),
    **dict.fromkeys(("trees", "n_trees"), 200),
    **dict.fromkeys(("most_rounds", "max_rounds", "max_iter"), 2000),
    **dict.fromkeys(("epochs", "n_epochs", "max_epochs", "num_train_epochs"), 5),
    **dict.fromkeys(("n_iter", "n_trials", "n_init"), 20),
    **dict.fromkeys(("folds", "n_splits", "cv", "n_folds", "n_repeats", "parts"), 5),
    **dict.fromkeys(("patience", "early_stopping_rounds", "stopping_rounds"), 100),
}
LARGE = {
    **dict.fromkeys(("max_features", "most_words", "vocabulary", "n_features"), 100_000),
    **dict.fromkeys(("num_leaves", "max_leaves", "max_bin", "border_count"), 255),
    **dict.fromkeys(("max_depth", "depth"), 8),
    **dict.fromkeys(("n_components", "themes", "components", "degree"), 64),
    **dict.fromkeys(("batch_size", "eval_batch_size"), 64),
    **dict.fromkeys(("hidden_size", "width", "max_length"), 512),
    **dict.fromkeys(("workers", "num_workers", "n_workers"), 2),
}
MUCH = 3
"""From this many times the usual size on, a setting is brought back first."""
RATES = ("learning_rate", "eta", "lr")
LARGEST_STEP = 0.3
OF_ROUNDS = ("rounds", "n_estimators", "trees", "n_trees")
"""What a model is made of, one after the other."""


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """To usual sizes, then halve and quarter; rounds first if time ran out, else sizes first."""
    both = {**SLOW, **LARGE}
    usual = brought_back(text, both)
    if usual != text:
        names = ", ".join(
            sorted({name for name, node in settings(text, both) if is_much(name, node)})
        )
        yield Edit(f"Bring {names} back to a usual size", usual)
    first, second = (SLOW, LARGE) if fault.kind == "timeout" else (LARGE, SLOW)
    for names_of, divisor in ((first, 2), (first, 4), (second, 2)):
        cheaper = divided(text, names_of, divisor)
        if cheaper != text:
            title = f"Divide {changed(text, names_of)} by {divisor}"
            yield Edit(title, cheaper, loses="accuracy, for time" if divisor > 2 else "")
    if fault.kind == "memory":
        yield from narrower(text)


def is_much(name: str, node: ast.Constant) -> bool:
    """Whether a setting is far beyond its usual size."""
    value, usual = node.value, {**SLOW, **LARGE}[name.lower()]
    return isinstance(value, int) and value >= MUCH * usual


def brought_back(text: str, sizes: dict[str, int]) -> str:
    """The text with what is far too large at its usual size."""
    found = [(name, node) for name, node in settings(text, sizes) if is_much(name, node)]
    return replace_nodes(text, [(node, str(sizes[name.lower()])) for name, node in found])


def divided(text: str, names: dict[str, int], divisor: int) -> str:
    """The text with whole numbers of these settings divided; steps of learning grow for it."""
    numbers = [(node, str(smaller(node, divisor))) for _, node in settings(text, names)]
    fewer = any(name.lower() in ("rounds", "n_estimators") for name, _ in settings(text, names))
    if names is SLOW and fewer:
        numbers += [(node, f"{min(LARGEST_STEP, rate(node) * divisor):g}") for node in rates(text)]
    return replace_nodes(text, list(numbers))


def fewer_rounds(text: str, divisor: int) -> str:
    """The text with fewer rounds of larger steps, or fewer trees; as it is where it has neither."""
    able = [name for name, _ in settings(text, SLOW) if name.lower() in OF_ROUNDS]
    return divided(text, SLOW, divisor) if able else text


def rates(text: str) -> list[ast.Constant]:
    """Learning rates that can be multiplied."""
    found = [
        value
        for node in ast.walk(syntax_tree(text))
        for name, value in named_values(node)
        if name.lower() in RATES and isinstance(value, ast.Constant)
    ]
    return [node for node in found if 0 < rate(node) < LARGEST_STEP]


def rate(node: ast.Constant) -> float:
    """A learning rate as a number; 0 for what is none."""
    return float(node.value) if isinstance(node.value, int | float) else 0.0


def smaller(node: ast.Constant, divisor: int) -> int:
    """A whole number, divided, and at least 1."""
    value = node.value
    assert isinstance(value, int)
    return max(1, value // divisor)


def changed(text: str, names: dict[str, int]) -> str:
    """The settings that are found, in order of their names."""
    return ", ".join(sorted({name for name, _ in settings(text, names)}))


def settings(text: str, names: dict[str, int]) -> list[tuple[str, ast.Constant]]:
    """Whole numbers that are set by a constant, a keyword, a default or an entry of a dict."""
    return [
        (name, value)
        for node in ast.walk(syntax_tree(text))
        for name, value in named_values(node)
        if name.lower() in names and isinstance(value, ast.Constant) and is_count(value.value)
    ]


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


def narrower(text: str) -> Iterator[Edit]:
    """64-bit numbers as 32-bit ones."""
    wide = [
        (node, '"float32"')
        for node in ast.walk(syntax_tree(text))
        if isinstance(node, ast.Constant) and node.value == "float64"
    ]
    if wide:
        yield Edit("Keep numbers in 32 bits", replace_nodes(text, wide))


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
    kinds=("timeout", "memory", "lost"),
    propose=propose,
    examples=(
        Example(over("timeout"), "ROUNDS = 300\nSEED = 8\n", "ROUNDS = 150\nSEED = 8\n"),
        Example(over("timeout"), "ROUNDS = 300000\nSEED = 8\n", "ROUNDS = 300\nSEED = 8\n"),
        Example(
            over("timeout"),
            'P = {"n_estimators": 90, "depth": 6, "learning_rate": 0.05}\n',
            'P = {"n_estimators": 45, "depth": 6, "learning_rate": 0.1}\n',
        ),
        Example(
            over("memory"),
            "t = T(max_features=1000, n_iter=4)\n",
            "t = T(max_features=500, n_iter=4)\n",
        ),
    ),
)
