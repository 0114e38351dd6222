"""IIML101: a module lacks a function of the module interface."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

WANTED = {"prepare": 1, "fit": 2, "predict": 2}
SIGNATURES = {"prepare": "data_dir", "fit": "X, y", "predict": "model, X"}


def check(module: Checked) -> Iterator[Finding]:
    """Look for `prepare`, or for `fit` and `predict`, with their first parameters."""
    names = ("prepare",) if module.is_prep else ("fit", "predict") if module.is_model else ()
    functions = module.functions()
    for name in names:
        form = f"{name}({SIGNATURES[name]}, ...)"
        if name not in functions:
            yield Finding(f"no function {name}", hint=f"define {form}")
            continue
        arguments = functions[name].args
        given = len(arguments.posonlyargs) + len(arguments.args)
        if given < WANTED[name] and arguments.vararg is None:
            yield at(functions[name], f"{name} takes too few parameters", f"define {form}")


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
        Example("def fit(X, y):\n    return 1\n", "model_a.py"),
        Example(
            "def fit(X):\n    return 1\n\ndef predict(model, X):\n    return X\n", "model_a.py"
        ),
    ),
)
