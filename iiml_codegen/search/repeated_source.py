"""The script that answers each row with the text that answers are made from."""

from __future__ import annotations

from msgspec import to_builtins

from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.implementation.recipes import excerpt
from iiml_codegen.implementation.rendering import flat_literal
from iiml_codegen.implementation.table_reads import table_read

SCRIPT = '''"""Each row repeats the text that it is made from, as no model was ready in time."""

{imports}


def prepare(data_dir: Path) -> dict[str, Any]:
    """Read what the texts of the test rows are made from."""
    {read}
    texts = test[{source}].fillna("")
    return {{"features_train": texts[:1], "features_test": texts, "target": np.zeros(1)}}


def fit(X: pd.Series, y: np.ndarray) -> None:
    """Learn nothing."""


def predict(model: None, X: pd.Series) -> np.ndarray:
    """Repeat each text as it is."""
    return X.to_numpy(object)


{definitions}
'''
IMPORTS = (
    "from pathlib import Path",
    "from typing import Any",
    "import numpy as np",
    "import pandas as pd",
)


def repeating_script(task: TaskSummary, column: str) -> str:
    """The text of the script; raises GenerationError for a format that no recipe reads."""
    place = f"data_dir / {flat_literal(task.test_file)}"
    form = to_builtins(task.layout.test_form)
    read, recipe = table_read("test", place, form, to_the_letter=True)
    taken = excerpt([recipe])
    imports = dict.fromkeys([*IMPORTS, *taken.imports])
    return SCRIPT.format(
        imports="\n".join(imports),
        read=read,
        source=flat_literal(column),
        definitions="\n\n\n".join([*taken.constants, *taken.definitions]),
    )
