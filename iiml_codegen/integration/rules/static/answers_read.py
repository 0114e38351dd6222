"""IIML134: a file is read that is called like the answers of the test rows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

ANSWERS = re.compile(
    r"^(?:.*[/\\])?(?:(?:test|private|hidden|true|real)_?-?(?:labels?|answers?|targets?|solution)|"
    r"y_?test|solutions?|answers?|(?:labels?|ground_?truth)_?-?test|leaked?\w*)\.(?:csv|parquet|json|npy|txt)$",
    re.I,
)


def check(module: Checked) -> Iterator[Finding]:
    """Look at strings that are file names."""
    for node in module.nodes(ast.Constant):
        if isinstance(node.value, str) and len(node.value) < 200 and ANSWERS.match(node.value):
            hint = "leave it; a score that knows the answers is none"
            yield at(node, f"{node.value!r} is called like the answers of the test rows", hint)


RULE = StaticRule(
    code="IIML134",
    title="Answers of the test rows",
    why="Some folders hold the solution; a model that reads it learns nothing of the task.",
    severity="warning",
    fixable="no",
    fault="leak",
    check=check,
    valid=(
        Example("FILES = ['train_labels.csv', 'test.csv']\n"),
        Example("def f(model, X_test, y_test):\n    return model.score(X_test, y_test)\n"),
    ),
    invalid=(
        Example("def f(data_dir):\n    return data_dir / 'test_labels.csv'\n"),
        Example("FILE = 'solution.csv'\n"),
        Example("FILE = 'input/y_test.npy'\n"),
    ),
)
