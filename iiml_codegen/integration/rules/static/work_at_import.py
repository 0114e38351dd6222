"""IIML121: the module works when it is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.rule import Checked, Example, Finding, StaticRule, at
from iiml_codegen.integration.rules.tables import READERS

WORK = (*READERS, "fit", "fit_transform", "fit_predict", "train")


def check(module: Checked) -> Iterator[Finding]:
    """Look for reading and training outside of functions and of the `__main__` block."""
    for call in module.calls(*WORK):
        around = list(module.index.ancestors(call))
        inside = any(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef)
            or is_main(node)
            for node in around
        )
        if not inside and isinstance(call.func, ast.Attribute):
            hint = "move it into prepare or fit" if module.is_prep else "move it into fit"
            yield at(call, f"{ast.unparse(call.func)} runs when the module is imported", hint)


def is_main(node: ast.AST) -> bool:
    """`if __name__ == "__main__":`"""
    return isinstance(node, ast.If) and any(
        isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test)
    )


RULE = StaticRule(
    code="IIML121",
    title="Work at import",
    why="At import there is no data folder yet; rows that are withheld would be read, too.",
    severity="error",
    fixable="no",
    fault="preprocessing",
    check=check,
    valid=(
        Example(
            "import pandas as pd\n\n\ndef prepare(data_dir):\n"
            "    return {'a': pd.read_csv(data_dir / 'train.csv')}\n"
        ),
        Example(
            "import pandas as pd\n\nif __name__ == '__main__':\n    pd.read_csv('train.csv')\n"
        ),
        Example("import re\n\nWORDS = re.compile('a')\n"),
    ),
    invalid=(
        Example("import pandas as pd\n\ntrain = pd.read_csv('train.csv')\n"),
        Example(
            "import pandas as pd\nfrom sklearn.svm import SVC\n\n"
            "model = SVC()\nmodel.fit([[1], [2]], [0, 1])\n",
            "model_a.py",
        ),
        Example("import pandas as pd\n\nif True:\n    df = pd.read_parquet('train.parquet')\n"),
    ),
)
