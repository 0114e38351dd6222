"""IIML403: the pipeline takes too much memory."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML403",
    title="The pipeline takes too much memory",
    why=(
        "What takes more than its share of the memory is ended by the system sooner or "
        "later, and others with it."
    ),
    severity="error",
    fixable="needs_review",
    fault="memory",
    valid=(
        Example(
            """\
ROWS = 1_000
block = bytearray(ROWS)
print(len(block))
""",
            "pipeline.py",
        ),
    ),
    invalid=(
        Example(
            """\
import time

blocks = []
while len(blocks) < 400:
    blocks.append(bytearray(b'x' * 2**20))
    time.sleep(0.002)
""",
            "pipeline.py",
        ),
    ),
)
