"""IIML912: newer generated version waits."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML912",
    title="Newer generated version waits",
    why=(
        "iiML wrote a module anew in lines that a person had changed too. The person's text "
        "stays, ours waits beside it, and somebody has to choose."
    ),
    severity="information",
    fixable="no",
    fault="unknown",
    valid=(
        Example(
            """\
promote("def prepare(data_dir):\\n    return 1\\n\\n\\nSEED = 0\\n")
write("iiml/prep.py", "def prepare(data_dir):\\n    return 1\\n\\n\\nSEED = 7\\n")
promote("def prepare(data_dir):\\n    return 3\\n\\n\\nSEED = 0\\n")
verify()
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
promote("def prepare(data_dir):\\n    return 1\\n")
write("iiml/prep.py", "def prepare(data_dir):\\n    return 2\\n")
promote("def prepare(data_dir):\\n    return 3\\n")
verify()
""",
            "folder.py",
        ),
    ),
)
