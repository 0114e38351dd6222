"""IIML911: module that is missing."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML911",
    title="Module that is missing",
    why=(
        "A pipeline is made of prep.py and a model; a deleted or renamed one leaves nothing "
        "to check, which is not the same as nothing to complain about."
    ),
    severity="error",
    fixable="no",
    fault="path",
    valid=(
        Example(
            """\
write("iiml/prep.py", "def prepare(data_dir): ...\\n")
write("iiml/model_traditional.py", "def fit(X, y): ...\\ndef predict(model, X): ...\\n")
verify()
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
write("iiml/model_traditional.py", "def fit(X, y): ...\\ndef predict(model, X): ...\\n")
verify()
""",
            "folder.py",
        ),
        Example(
            """\
write("iiml/prep.py", "def prepare(data_dir): ...\\n")
verify()
""",
            "folder.py",
        ),
    ),
)
