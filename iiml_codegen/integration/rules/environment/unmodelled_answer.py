"""IIML902: kind of answer that no recipe gives."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML902",
    title="Kind of answer that no recipe gives",
    why=(
        "The task is understood, but boxes, masks, free text or pictures want models that "
        "iiML does not have. Saying so at once is better than a submission of noise."
    ),
    severity="error",
    fixable="no",
    fault="unknown",
    valid=(
        Example(
            """\
write("train.csv", "id,size,sold\\n" + "".join(f"{n},{n * 7 % 5},{n % 2}\\n" for n in range(20)))
write("test.csv", "id,size\\n25,4\\n26,7\\n")
write("sample_submission.csv", "id,sold\\n25,0\\n26,0\\n")
understand()
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
write("train.csv", "id,size,sold\\n" + "".join(f"{n},{n * 7 % 5},{n % 2}\\n" for n in range(20)))
write("test.csv", "id,size\\n25,4\\n26,7\\n")
write("sample_submission.csv", "id,boxes\\n25,0.9 10 20 30.5 40\\n26,0.8 1 2 3.5 4\\n")
understand()
""",
            "folder.py",
        ),
    ),
)
