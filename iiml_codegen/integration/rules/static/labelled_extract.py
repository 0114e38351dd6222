"""IIML165: extract reads the target, which it never gets."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at


def check(module: Checked) -> Iterator[Finding]:
    """Look at columns that are read in extract."""
    function = module.functions().get("extract") if module.is_prep else None
    if function is None:
        return
    for node in module.inside(function, ast.Subscript):
        column = module.string(node.slice)
        if column in module.facts.targets and isinstance(node.ctx, ast.Load):
            hint = "read it in prepare; extract runs on a folder without labels"
            yield at(node, f"extract reads {column}, which is withheld there", hint, (str(column),))


FACTS = Facts(targets=("bought",))
PREPARE = "\n\ndef prepare(data_dir, extracted=None):\n    return {'a': [data_dir, extracted]}\n"
RULE = StaticRule(
    code="IIML165",
    title="Target read in extract",
    why="extract runs once on a copy of the folder without any label; the column is not there.",
    severity="error",
    fixable="no",
    fault="leak",
    check=check,
    valid=(
        Example(
            "def extract(data_dir, cache_dir):\n"
            "    return {'a': data_dir['size'], 'b': cache_dir}\n" + PREPARE,
            facts=FACTS,
        ),
        Example("def prepare(data_dir):\n    return {'target': data_dir['bought']}\n", facts=FACTS),
    ),
    invalid=(
        Example(
            "def extract(data_dir, cache_dir):\n"
            "    return {'a': data_dir['bought'], 'b': cache_dir}\n" + PREPARE,
            facts=FACTS,
        ),
        Example(
            "TARGET = 'bought'\n\n\ndef extract(data_dir, cache_dir):\n"
            "    return {'a': data_dir[TARGET].mean(), 'b': cache_dir}\n" + PREPARE,
            facts=FACTS,
        ),
    ),
)
