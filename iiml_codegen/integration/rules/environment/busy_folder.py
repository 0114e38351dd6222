"""IIML905: another solver works on the folder."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML905",
    title="Another solver works on the folder",
    why=(
        "Two solvers in one folder would overwrite each other. The message names the process "
        "that holds the lock."
    ),
    severity="error",
    fixable="no",
    fault="unknown",
    valid=(
        Example(
            """\
with FolderLock(folder / "lock"):
    pass
with FolderLock(folder / "lock"):
    pass
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
with FolderLock(folder / "lock"), FolderLock(folder / "lock"):
    pass
""",
            "folder.py",
        ),
    ),
)
