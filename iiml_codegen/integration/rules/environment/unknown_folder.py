"""IIML901: folder that is not understood."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML901",
    title="Folder that is not understood",
    why=(
        "Without tables or files that can be told to be training data, test data and answers, "
        "nothing can be planned. The message says what was looked for."
    ),
    severity="error",
    fixable="no",
    fault="path",
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
write("readme.txt", "Guess what is asked.")
understand()
""",
            "folder.py",
        ),
    ),
)
