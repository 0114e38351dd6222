"""IIML906: step that no coder can write."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML906",
    title="Step that no coder can write",
    why=(
        "The plan asks for a recipe that is not there, or modules cannot be joined into one "
        "file. A plan from another version of iiML is the usual reason."
    ),
    severity="error",
    fixable="no",
    fault="unusable_output",
    valid=(
        Example(
            """\
recipe("fill_with_median")
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
recipe("dance_with_missing_values")
""",
            "folder.py",
        ),
    ),
)
