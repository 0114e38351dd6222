"""IIML910: file that another program holds."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML910",
    title="File that another program holds",
    why=(
        "On Windows a file that is open elsewhere, in a spreadsheet for example, cannot be "
        "replaced. iiML waits a moment, then says which."
    ),
    severity="error",
    fixable="no",
    fault="disk",
    valid=(
        Example(
            """\
write("submission.csv", "id,sold\\n5,0\\n")
write_atomically(folder / "submission.csv", b"id,sold\\n5,1\\n")
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
write("submission.csv", "id,sold\\n5,0\\n")
with opened_elsewhere(folder / "submission.csv"):
    write_atomically(folder / "submission.csv", b"id,sold\\n5,1\\n")
""",
            "folder.py",
        ),
    ),
)
