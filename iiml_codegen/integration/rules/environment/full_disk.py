"""IIML909: disk that takes no more."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML909",
    title="Disk that takes no more",
    why=(
        "Every file is replaced whole or not at all, so that what was there before is still "
        "there when the disk is full."
    ),
    severity="error",
    fixable="no",
    fault="disk",
    valid=(
        Example(
            """\
with room_for(100_000):
    write_atomically(folder / "prep.py", b"x" * 10_000)
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
with room_for(1_000):
    write_atomically(folder / "prep.py", b"x" * 10_000)
""",
            "folder.py",
        ),
    ),
)
