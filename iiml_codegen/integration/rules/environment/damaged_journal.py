"""IIML907: journal that cannot be used."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML907",
    title="Journal that cannot be used",
    why=(
        "The journal is damaged, from a newer iiML, or its disk is full. Finished runs are "
        "kept in iiml/runs and count again when the journal was moved away."
    ),
    severity="error",
    fixable="no",
    fault="disk",
    valid=(
        Example(
            """\
Journal(folder / "journal.sqlite").close()
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
write("journal.sqlite", "a letter, not a journal, and long enough to be one")
Journal(folder / "journal.sqlite")
""",
            "folder.py",
        ),
    ),
)
