"""IIML139: the module draws."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.names import imported_modules
from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at

DRAWING = ("matplotlib", "seaborn", "plotly", "bokeh", "altair", "missingno", "wordcloud")


def check(module: Checked) -> Iterator[Finding]:
    """Look at the imports."""
    statements = [*module.nodes(ast.Import), *module.nodes(ast.ImportFrom)]
    for statement, name in imported_modules(statements):
        if name.split(".")[0] in DRAWING:
            yield at(statement, f"{name} draws what nobody sees", "keep pictures for a notebook")


RULE = StaticRule(
    code="IIML139",
    title="Drawing",
    why="Pipelines run without a screen; pictures cost time and a dependency.",
    severity="information",
    fixable="needs_review",
    fault="missing_dependency",
    check=check,
    valid=(Example("import pandas as pd\n"), Example("from PIL import Image\n")),
    invalid=(
        Example("import matplotlib.pyplot as plt\n"),
        Example("import seaborn as sns\n"),
        Example("from wordcloud import WordCloud\n"),
    ),
)
