"""IIML407: the pipeline crashes natively."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML407",
    title="The pipeline crashes natively",
    why=(
        "A crash below Python leaves no exception; the log says where Python was at work "
        "when it happened."
    ),
    severity="error",
    fixable="no",
    fault="unknown",
    valid=(
        Example(
            """\
import os

print(os.getpid() > 0)
""",
            "pipeline.py",
        ),
    ),
    invalid=(
        Example(
            """\
import os


def fit() -> None:
    os.abort()


fit()
""",
            "pipeline.py",
        ),
    ),
)
