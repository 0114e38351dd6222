"""Gaps or infinities where a model takes none: fill them on the way in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Place
from iiml_codegen.integration.repairs.edits import insert_at_start, rows_parameter
from iiml_codegen.integration.repairs.repair import Edit, Example, Facts, Repair


def propose(fault: Fault, text: str, facts: Facts) -> Iterator[Edit]:
    """Fill in `fit` and in `predict`, so that both see the same."""
    if not re.search(r"NaN|infinity", fault.message) or "import numpy as np" not in text:
        return
    filled = text
    for function in ("fit", "predict"):
        rows = rows_parameter(filled, function)
        if rows is None:
            return
        filled = insert_at_start(filled, function, f"{rows} = np.nan_to_num({rows})")
    yield Edit("Fill gaps with 0 before the model", filled)


FAULT = Fault(
    kind="preprocessing",
    message="ValueError: Input X contains NaN.",
    place=Place(file="model_a.py", line=4),
    evidence="",
)
REPAIR = Repair(
    name="filled_gaps",
    title="Fill gaps before the model",
    kinds=("preprocessing",),
    propose=propose,
    examples=(
        Example(
            FAULT,
            "import numpy as np\n\n\ndef fit(X, y):\n    return 1\n\n\n"
            "def predict(model, X):\n    return X\n",
            "import numpy as np\n\n\ndef fit(X, y):\n    X = np.nan_to_num(X)\n    return 1\n\n\n"
            "def predict(model, X):\n    X = np.nan_to_num(X)\n    return X\n",
        ),
    ),
)
