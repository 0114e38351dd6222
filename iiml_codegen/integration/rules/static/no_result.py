"""IIML111: a function of the module interface gives nothing back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

GIVES = {
    "prepare": "a dict of outputs",
    "extract": "a dict",
    "fit": "the fitted model",
    "predict": "one answer per row",
    "encode": "one entry per row",
    "decide": "one label per row",
}


def check(module: Checked) -> Iterator[Finding]:
    """Look for a `return` with a value, and for a `yield` where none should be.

    What is missing belongs to the end of a function, and so the finding stands there.
    """
    for name, function in module.functions().items():
        if name not in GIVES or not (module.is_prep or module.is_model):
            continue
        own = [n for n in module.inside(function, ast.Return) if module.owner(n) is function]
        yields = [n for n in module.inside(function, ast.Yield) if module.owner(n) is function]
        if yields:
            yield at(yields[0], f"{name} yields, but has to return {GIVES[name]}", "use return")
        elif not any(is_value(node.value) for node in own) and not raises(function):
            end = (own or function.body)[-1]
            line = end.end_lineno or end.lineno
            hint = f"return {GIVES[name]}"
            yield Finding(f"{name} returns nothing", line, end.col_offset + 1, hint)


def is_value(node: ast.expr | None) -> bool:
    """Whether something is returned."""
    return node is not None and not (isinstance(node, ast.Constant) and node.value is None)


def raises(function: ast.FunctionDef) -> bool:
    """Whether a function ends by raising: it is left out on purpose."""
    return isinstance(function.body[-1], ast.Raise)


RULE = StaticRule(
    code="IIML111",
    title="Interface function without a result",
    why="What prepare, fit and predict return is what the pipeline goes on with.",
    severity="error",
    fixable="no",
    fault="contract_fulfilment",
    check=check,
    valid=(
        Example(
            "def prepare(data_dir):\n    if data_dir:\n        return {}\n    raise ValueError\n"
        ),
        Example(
            "def fit(X, y):\n    return 1\n\n\ndef predict(model, X):\n"
            "    return [model] * len(X)\n",
            "model_a.py",
        ),
    ),
    invalid=(
        Example("def prepare(data_dir):\n    outputs = {'features_train': data_dir}\n"),
        Example("def prepare(data_dir):\n    print(data_dir)\n    return\n"),
        Example(
            "def fit(X, y):\n    model = X.fit(y)\n    model.score(X, y)\n\n\n"
            "def predict(model, X):\n    return model.predict(X)\n",
            "model_a.py",
        ),
        Example("def prepare(data_dir):\n    yield {'target': data_dir}\n"),
    ),
)
