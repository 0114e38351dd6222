"""IIML406: a read is refused."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML406",
    title="A read is refused",
    why=(
        "Labels that were withheld, earlier runs and caches are no input: a run that "
        "reads them has no score."
    ),
    severity="error",
    fixable="needs_review",
    fault="forbidden_read",
    valid=(
        Example(
            """\
from pathlib import Path

Path('notes.txt').write_text('mine', encoding='utf-8')
print(Path('notes.txt').read_text(encoding='utf-8'))
""",
            "pipeline.py",
        ),
    ),
    invalid=(
        Example(
            """\
from pathlib import Path

print(Path('REFUSED/train.csv').read_text(encoding='utf-8'))
""",
            "pipeline.py",
        ),
    ),
)
