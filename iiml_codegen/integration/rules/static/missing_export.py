"""IIML101: a module lacks a function of the module interface."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.near_miss import nearest
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

WANTED = {"prepare": 1, "fit": 2, "predict": 2, "extract": 2, "encode": 1, "decide": 1}
SIGNATURES = {
    "prepare": "data_dir",
    "fit": "X, y",
    "predict": "model, X",
    "extract": "data_dir, cache_dir",
    "encode": "X",
    "decide": "raw",
}
ALSO_CALLED = {
    "prepare": ("preprocess", "prepare_data", "prep", "process", "preprocessing", "load_data"),
    "fit": ("train", "train_model", "fit_model", "build_model", "training"),
    "predict": ("predict_proba", "predict_model", "inference", "infer", "prediction"),
}

LONE = {"prepare": ("data_dir",), "predict": ("model",)}
"""First parameters that no other function of a module is likely to have alone."""


def check(module: Checked) -> Iterator[Finding]:
    """Look for `prepare`, or for `fit` and `predict`, with their first parameters."""
    needed = ("prepare",) if module.is_prep else ("fit", "predict") if module.is_model else ()
    optional: tuple[str, ...] = ("extract",) if module.is_prep else ()
    optional = ("encode", "decide") if module.is_model else optional
    functions = module.functions()
    for name in needed:
        if name not in functions:
            yield absent(name, module)
    for name in (*needed, *optional):
        if name in functions and takes_too_few(functions[name]):
            hint = f"define {name}({SIGNATURES[name]}, ...)"
            yield at(functions[name], f"{name} takes too few parameters", hint)


def absent(name: str, module: Checked) -> Finding:
    """A function that is not there: at the one that is probably meant, else at the top."""
    functions = module.functions()
    form = f"{name}({SIGNATURES[name]}, ...)"
    others = [other for other in functions if other not in WANTED]
    called = next((other for other in ALSO_CALLED[name] if other in others), "")
    meant = called or next((other for other in others if nearest(other, [name])), "")
    meant = meant or next((other for other in others if fits(functions[other], name, module)), "")
    if not meant:
        return Finding(f"no function {name}", hint=f"define {form}", names=(name,))
    text = f"no function {name}; {meant} is probably meant"
    return at(functions[meant], text, f"call it {form}", (meant, name))


def fits(function: ast.FunctionDef, name: str, module: Checked) -> bool:
    """Whether a function that nothing reads takes what one of the interface is given."""
    places = [*function.args.posonlyargs, *function.args.args]
    first = tuple(item.arg for item in places[: WANTED[name]])
    read = any(node.id == function.name for node in module.nodes(ast.Name))
    expected = tuple(SIGNATURES[name].split(", "))[: WANTED[name]]
    return not read and (first == expected or (bool(places) and first[:1] == LONE.get(name)))


def takes_too_few(function: ast.FunctionDef) -> bool:
    """Whether the arguments that are always given do not fit."""
    given = len(function.args.posonlyargs) + len(function.args.args)
    return given < WANTED[function.name] and function.args.vararg is None


PREPARE = "def prepare(data_dir):\n    return {}\n"
RULE = StaticRule(
    code="IIML101",
    title="Missing function of the module interface",
    why="The assembler calls prepare, fit and predict by these names.",
    severity="error",
    fixable="no",
    fault="contract_usage",
    check=check,
    valid=(
        Example(PREPARE),
        Example(
            "def fit(X, y):\n    return 1\n\ndef predict(model, X):\n    return X\n", "model_a.py"
        ),
    ),
    invalid=(
        Example("def ready(data_dir):\n    return {}\n"),
        Example("import numpy as np\n\n\ndef preprocess(data_dir):\n    return {}\n"),
        Example("def prepair(data_dir):\n    return {}\n"),
        Example(
            "def grow(X, y):\n    return 1\n\ndef forecast(model, X):\n    return X\n", "model_a.py"
        ),
        Example(f"def extract(data_dir):\n    return {{}}\n\n\n{PREPARE}"),
        Example("def fit(X, y):\n    return 1\n", "model_a.py"),
        Example(
            "def fit(X):\n    return 1\n\ndef predict(model, X):\n    return X\n", "model_a.py"
        ),
    ),
)
