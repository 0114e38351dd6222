"""IIML205: rows and target do not have the same length."""

from __future__ import annotations

from iiml_codegen.integration.rules.example_outputs import GOOD, TARGET, bound, view
from iiml_codegen.integration.rules.rule import Rule

RULE = Rule(
    code="IIML205",
    title="Rows and target do not have the same length",
    why="A row that was dropped on one side alone moves all answers below it to other rows.",
    severity="error",
    fixable="needs_review",
    fault="shape",
    valid=(GOOD,),
    invalid=(bound(*view("features", train=59), TARGET),),
)
