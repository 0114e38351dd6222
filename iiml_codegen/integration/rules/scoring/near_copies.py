"""IIML507: rows differ in case, marks or far digits alone, or share nearly all their words."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML507",
    title="Rows have near copies",
    why="A near copy is as good as a copy to a model that remembers.",
    severity="information",
    fixable="no",
    fault="leak",
    valid=(
        Example(
            """\
import numpy as np
import pandas as pd

draw = np.random.default_rng(0)
rows = pd.DataFrame({"id": range(300), "size": draw.normal(size=300).round(3)})
rows["bought"] = draw.integers(0, 2, 300)
words = np.array("ash elm fir oak yew bay fig gum box nut may pea rue sage".split())
rows["note"] = [" ".join(draw.choice(words, 25)) for _ in range(300)]
train, test = rows[:200], rows[200:].drop(columns="bought")
""",
            "folder.py",
        ),
    ),
    invalid=(
        Example(
            """\
import numpy as np
import pandas as pd

draw = np.random.default_rng(0)
rows = pd.DataFrame({"id": range(300), "size": draw.normal(size=300).round(3)})
rows["bought"] = draw.integers(0, 2, 300)
words = np.array("ash elm fir oak yew bay fig gum box nut may pea rue sage".split())
rows["note"] = [" ".join(draw.choice(words, 25)) for _ in range(300)]
rows.loc[200, ["size", "note"]] = [rows.loc[0, "size"], rows.loc[0, "note"].upper() + "!"]
train, test = rows[:200], rows[200:].drop(columns="bought")
""",
            "folder.py",
        ),
    ),
)
