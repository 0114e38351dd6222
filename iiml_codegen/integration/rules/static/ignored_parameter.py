"""IIML142: a function of the interface ignores what it is given."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.integration.roles import role_of
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

NEEDED = {"prepare": (0,), "encode": (0,), "fit": (0, 1), "predict": (0, 1), "decide": (0,)}
ROLES = ("seed", "threads", "rounds", "valid")


def check(module: Checked) -> Iterator[Finding]:
    """Look for the rows, the target and the roles in the body of the function."""
    if not (module.is_prep or module.is_model):
        return
    for name, function in module.functions().items():
        places = NEEDED.get(name, ())
        given = [*function.args.posonlyargs, *function.args.args]
        wanted = [given[place].arg for place in places if place < len(given)]
        if name == "fit":
            wanted += [p for p in module.parameters(function) if role_of(p) in ROLES]
        for parameter in dict.fromkeys(wanted):
            if not parameter.startswith("_") and not module.reads(function, parameter):
                hint = f"use {parameter}, or leave it out"
                if parameter in [item.arg for item in given[: len(places)]]:
                    hint = f"{name} has to use {parameter}"
                text = f"{name} takes {parameter} and never looks at it"
                yield at(function, text, hint, (parameter,))


FIT = "def fit(X, y):\n    return [X, y]\n\n\n"
PREDICT = "\n\ndef predict(model, X):\n    return model.predict(X)\n"
RULE = StaticRule(
    code="IIML142",
    title="Given argument ignored",
    why="Seeds and threads that are not passed on make runs differ; rows not read make no model.",
    severity="warning",
    fixable="no",
    fault="contract_usage",
    check=check,
    valid=(
        Example("def fit(X, y, *, seed=0):\n    return [X, y, seed]\n" + PREDICT, "model_a.py"),
        Example("def prepare(data_dir):\n    return {'a': data_dir}\n"),
        Example("def fit(X, _y):\n    return X\n" + PREDICT, "model_a.py"),
    ),
    invalid=(
        Example("def fit(X, y, *, seed=0):\n    return [X, y]\n" + PREDICT, "model_a.py"),
        Example("def fit(X, y, *, threads=1):\n    return [X, y]\n" + PREDICT, "model_a.py"),
        Example(FIT + "def predict(model, X):\n    return model\n", "model_a.py"),
        Example("def prepare(data_dir):\n    return {'a': [1, 2]}\n"),
        Example("def fit(X, y, *, valid=None):\n    return [X, y]\n" + PREDICT, "model_a.py"),
    ),
)
