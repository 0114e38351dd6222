"""IIML323: missing setting."""

from __future__ import annotations

from iiml_codegen.domain.contract import Clause, Setting
from iiml_codegen.domain.contract_words import worded
from iiml_codegen.integration.rules.rule import Example, Facts, Rule

CLAUSE = worded(
    Clause(
        id="C1",
        output="settings",
        says="",
        shape="config",
        kind=("config",),
        settings={"width": Setting(type="int")},
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML323",
    title="Missing setting",
    why="A model that reads a setting cannot run without it.",
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
outputs = {"settings": {"width": 64}}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
from dataclasses import dataclass


@dataclass
class Settings:
    width: int = 64


outputs = {"settings": Settings()}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
outputs = {"settings": {"depth": 64}}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
outputs = {"settings": {}}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
