"""IIML324: setting that cannot be."""

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
        settings={
            "dropout": Setting(type="float", bounds=(0.0, 1.0)),
            "kind": Setting(one_of=("gru", "lstm")),
        },
    )
)
KNOWN = Facts(clauses=(CLAUSE,))
RULE = Rule(
    code="IIML324",
    title="Setting that cannot be",
    why="A setting of another type or beyond its range fails late, when training has begun.",
    severity="error",
    fixable="needs_review",
    fault="contract_fulfilment",
    valid=(
        Example(
            """\
outputs = {"settings": {"dropout": 0.2, "kind": "gru"}}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
    invalid=(
        Example(
            """\
outputs = {"settings": {"dropout": "0.2", "kind": "gru"}}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
outputs = {"settings": {"dropout": 20.0, "kind": "gru"}}
""",
            "outputs.py",
            KNOWN,
        ),
        Example(
            """\
outputs = {"settings": {"dropout": 0.2, "kind": "rnn"}}
""",
            "outputs.py",
            KNOWN,
        ),
    ),
)
