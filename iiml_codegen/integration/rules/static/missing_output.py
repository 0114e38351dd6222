"""IIML153: prepare does not give an output of the contract."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.near_miss import nearest
from iiml_codegen.integration.rules.outputs import given_outputs
from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at


def check(module: Checked) -> Iterator[Finding]:
    """Compare the contract with the keys that prepare returns, if the text shows all of them."""
    function = module.functions().get("prepare") if module.is_prep else None
    given = given_outputs(module, function) if function and module.facts.outputs else None
    if function is None or given is None:
        return
    places = [n for n in module.inside(function, ast.Return) if module.owner(n) is function]
    for output in module.facts.outputs:
        if output not in given:
            spare = sorted(set(given) - set(module.facts.outputs))
            meant = nearest(output, spare)
            hint = f"{meant} is probably meant" if meant else f"add {output!r} to what is returned"
            place: ast.AST = given.get(meant) or (places[-1] if places else function)
            names = (output, meant) if meant else (output,)
            yield at(place, f"the contract wants {output!r}, and prepare gives none", hint, names)


FACTS = Facts(outputs=("features_train", "features_test", "target"))
CUT = (
    "def train_and_test(view, rows, n):\n"
    "    return {f'{view}_train': rows[:n], f'{view}_test': rows[n:]}\n\n\n"
)
RULE = StaticRule(
    code="IIML153",
    title="Output of the contract missing",
    why="A model is bound to that output and cannot run without it.",
    severity="error",
    fixable="no",
    fault="contract_fulfilment",
    check=check,
    valid=(
        Example(
            "def prepare(data_dir):\n"
            "    return {'features_train': 1, 'features_test': 2, 'target': data_dir}\n",
            facts=FACTS,
        ),
        Example(
            CUT + "def prepare(data_dir):\n"
            "    return {**train_and_test('features', data_dir, 3), 'target': data_dir}\n",
            facts=FACTS,
        ),
        Example(
            "def prepare(data_dir):\n    return {name: data_dir for name in 'ab'}\n",
            facts=FACTS,
        ),
    ),
    invalid=(
        Example(
            "def prepare(data_dir):\n    return {'features_train': 1, 'target': data_dir}\n",
            facts=FACTS,
        ),
        Example(
            CUT + "def prepare(data_dir):\n"
            "    outputs = {**train_and_test('features', data_dir, 3)}\n    return outputs\n",
            facts=FACTS,
        ),
        Example(
            "def prepare(data_dir):\n"
            "    return {'feature_train': 1, 'features_test': 2, 'target': data_dir}\n",
            facts=FACTS,
        ),
    ),
)
