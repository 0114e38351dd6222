"""What a function's own text says about its parameters: which are rows, which is the answer.

`fit(X, y)` and `predict(model, X)` are called by position. Names, annotations and uses vote on
whether the parameters stand in that order; without a single vote nobody knows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from iiml_codegen.domain.contract import ObjectKind
from iiml_codegen.syntax import syntax_tree


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


Order = Literal["as called", "swapped", "disputed", "unknown"]
ROWS = _words(
    "X x features feature_frame frame rows table data design inputs input matrix documents texts "
    "X_train train_X x_train covariates predictors words chars images samples"
)
ANSWERS = _words(
    "y Y target targets label labels y_train train_y answer answers response responses outcome "
    "outcomes truth classes codes output outputs"
)
MODELS = _words(
    "model fitted estimator clf classifier regressor booster net network bundle state trained "
    "fitted_model trained_model learner predictor"
)
LEARNING_CALLS = _words(
    "fit fit_transform partial_fit fit_resample Dataset Pool DMatrix QuantileDMatrix"
)
ANSWER_KEYWORDS = frozenset(("y", "label", "target", "labels"))
ROWS_KEYWORDS = frozenset(("X", "data", "x"))
KIND_WORDS: dict[ObjectKind, tuple[str, ...]] = {
    "frame": ("DataFrame",),
    "sparse": (
        *("csr_matrix", "csr_array", "csc_matrix", "csc_array", "coo_matrix", "coo_array"),
        *("spmatrix", "sparray"),
    ),
    "array": ("ndarray", "NDArray", "ArrayLike"),
    "series": ("Series",),
    "tensor": ("Tensor",),
    "loader": ("DataLoader", "Dataset"),
    "config": (),
    "towers": (),
}
ASKING = ("predict", "transform", "decision_function", "forward")
FRAME_USES = _words("columns select_dtypes iloc loc assign dtypes iterrows itertuples")
SPARSE_USES = _words("tocsr tocsc toarray todense nnz tocoo indptr indices")


def kinds_of(text: str) -> list[ObjectKind]:
    """Kinds of objects that a type's name or an annotation speaks of."""
    return [
        kind
        for kind, words in KIND_WORDS.items()
        if text == kind or any(word in text for word in words)
    ]


def function(text: str, name: str) -> ast.FunctionDef | None:
    """A top-level function of a module."""
    for node in syntax_tree(text.removeprefix("\ufeff")).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    return None


def used_as(node: ast.FunctionDef, name: str) -> list[ObjectKind]:
    """The kind that a parameter must be for what is done with it; empty where nothing tells."""
    attributes = {
        item.attr
        for item in ast.walk(node)
        if isinstance(item, ast.Attribute)
        and isinstance(item.value, ast.Name)
        and item.value.id == name
    }
    if attributes & SPARSE_USES:
        return ["sparse"]
    return ["frame", "series"] if attributes & FRAME_USES else []


Vote = tuple[str, Literal["rows", "other"]]
"""A parameter and what it is voted to be: rows, or what stands beside them (answers, model)."""


def fit_order(
    node: ast.FunctionDef,
    first: str,
    second: str,
    known: Iterable[Vote] = (),
    hints: Iterable[Vote] = (),
) -> Order:
    """Whether `fit` takes rows first and answers second; `known` are further votes.

    `hints` count only against the order: an array may be anything. That the second parameter holds
    the answers must be said by a vote of its own, as it could be weights or groups just as well.
    """
    right: list[Vote] = [(first, "rows"), (second, "other")]
    votes = [*_names(first, second, ANSWERS), *_learning(node, first, second), *known]
    against = [hint for hint in hints if hint not in right]
    found = _counted([*votes, *against], right)
    return "unknown" if found == "as called" and right[1] not in votes else found


def predict_order(
    node: ast.FunctionDef, first: str, second: str, known: Iterable[Vote] = ()
) -> Order:
    """Whether `predict` takes the model first and rows second; `known` are further votes."""
    votes = [*_names(first, second, MODELS), *known]
    for root, arguments in _answering(node):
        for mine, other in ((first, second), (second, first)):
            if root == mine and any(other in _names_in(argument) for argument in arguments):
                votes += [(mine, "other"), (other, "rows")]
    return _counted(votes, [(first, "other"), (second, "rows")])


def _counted(votes: Sequence[Vote], right: Sequence[Vote]) -> Order:
    straight = [vote for vote in votes if vote in right]
    if not votes:
        return "unknown"
    if len(straight) == len(votes):
        return "as called"
    return "disputed" if straight else "swapped"


def _names(first: str, second: str, others: frozenset[str]) -> Iterator[Vote]:
    for name in (first, second):
        if name in ROWS:
            yield name, "rows"
        elif name in others:
            yield name, "other"


def _learning(node: ast.FunctionDef, first: str, second: str) -> Iterator[Vote]:
    """Votes of calls that learn: `estimator.fit(X, y)`, `Dataset(X, label=y)`."""
    for call in (item for item in ast.walk(node) if isinstance(item, ast.Call)):
        called = call.func.attr if isinstance(call.func, ast.Attribute) else _root(call.func)
        if called not in LEARNING_CALLS:
            continue
        places: list[tuple[ast.expr, Literal["rows", "other"]]] = []
        if len(call.args) >= 2:
            places += [(call.args[0], "rows"), (call.args[1], "other")]
        places += [(k.value, "other") for k in call.keywords if k.arg in ANSWER_KEYWORDS]
        places += [(k.value, "rows") for k in call.keywords if k.arg in ROWS_KEYWORDS]
        for expression, role in places:
            inside = _names_in(expression) & {first, second}
            if len(inside) == 1:
                yield inside.pop(), role


def _answering(node: ast.FunctionDef) -> Iterator[tuple[str, list[ast.expr]]]:
    """Calls that ask a model, `model.predict(X)` or `model(X)`: the model's name, the arguments."""
    for call in (item for item in ast.walk(node) if isinstance(item, ast.Call)):
        asked = call.func.attr if isinstance(call.func, ast.Attribute) else "predict"
        if asked.startswith(ASKING):
            yield _root(call.func), [*call.args, *(keyword.value for keyword in call.keywords)]


def _root(node: ast.expr) -> str:
    """`model` of `model.estimator["a"].predict`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _names_in(node: ast.expr) -> set[str]:
    return {item.id for item in ast.walk(node) if isinstance(item, ast.Name)}
