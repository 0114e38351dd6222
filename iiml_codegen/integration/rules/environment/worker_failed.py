"""IIML904: the worker gave no answer."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML904",
    title="The worker gave no answer",
    why=(
        "The process that reads the data died, ran out of time, or was asked what it does not "
        "know. Its log is iiml/worker.log; the same call may succeed later."
    ),
    severity="error",
    fixable="no",
    fault="lost",
    valid=(
        Example(
            """\
worker.call("unpack", {"folder": str(folder), "cache": str(folder)})
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
worker.call("dance", {})
""",
            "folder.py",
        ),
    ),
)
