"""IIML903: something is missing on this machine."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML903",
    title="Something is missing on this machine",
    why=(
        "An interpreter, a package, disk or memory is missing. `iiml doctor` says what this "
        "machine has and lacks."
    ),
    severity="error",
    fixable="no",
    fault="missing_dependency",
    valid=(
        Example(
            """\
find_interpreter(None)
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
find_interpreter("/no/such/python")
""",
            "folder.py",
        ),
    ),
)
