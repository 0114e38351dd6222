"""IIML908: wrong line in iiml.toml, or wrong flag."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML908",
    title="Wrong line in iiml.toml, or wrong flag",
    why=(
        "A misspelled key would be ignored in silence. Keys that choose what is executed or "
        "asked are refused, as the folder may come from anywhere."
    ),
    severity="error",
    fixable="no",
    fault="unknown",
    valid=(
        Example(
            """\
budget = "30m"
folds = "auto"
""",
            "iiml.toml",
        ),
    ),
    invalid=(
        Example(
            """\
budgte = "30m"
""",
            "iiml.toml",
        ),
        Example(
            """\
interpreter = "/bin/sh"
""",
            "iiml.toml",
        ),
        Example(
            """\
folds = "some"
""",
            "iiml.toml",
        ),
    ),
)
