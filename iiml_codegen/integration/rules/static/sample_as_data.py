"""IIML133: the sample submission is read as if it were data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Facts, Finding, StaticRule, at

SAMPLE = re.compile(
    r"(sample|gender|example|random|benchmark)_?-?submission|submission_?-?(sample|example|format)",
    re.I,
)


def check(module: Checked) -> Iterator[Finding]:
    """Look for strings that name the sample submission, in prep and in models."""
    sample = module.facts.sample
    if module.facts.rows_from_sample:
        return
    for node in module.nodes(ast.Constant):
        text = node.value
        if not isinstance(text, str) or "\n" in text or len(text) > 200 or "." not in text:
            continue
        if SAMPLE.search(text) if not sample else text.rpartition("/")[2] == sample:
            hint = "take the rows from the test table"
            yield at(node, f"{text!r} is a form to fill in, not data", hint)


RULE = StaticRule(
    code="IIML133",
    title="Sample submission used as data",
    why="Its answers are made up; the harness reads its form when it writes the submission.",
    severity="warning",
    fixable="no",
    fault="preprocessing",
    check=check,
    valid=(
        Example("def prepare(data_dir):\n    return {'test': data_dir / 'test.csv'}\n"),
        Example("FILE = 'form.csv'\n", facts=Facts(sample="form.csv", rows_from_sample=True)),
        Example(
            '"""Reads the tables, and leaves sample_submission.csv\nto the harness."""\nx = 1\n'
        ),
    ),
    invalid=(
        Example("def prepare(data_dir):\n    return {'a': data_dir / 'sample_submission.csv'}\n"),
        Example("FILE = 'gender_submission.csv'\n"),
        Example("FILE = 'form.csv'\n", facts=Facts(sample="form.csv")),
    ),
)
