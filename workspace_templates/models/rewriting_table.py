"""What each text became, by its neighbours where these make it surer; a new one stays as it is.

View: sources
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workspace_templates.networks.rewriting import Table, known_text, known_texts, rows_of


@dataclass
class Model:
    """What each text became."""

    known: Table


def fit(X: pd.DataFrame, y: np.ndarray) -> Model:
    """Count what texts became."""
    # [M:rewriting_table] A table of what each text became, by its neighbours where these tell
    # [T:rewriting_table] Count; the context in which one outcome has the largest share decides
    return Model(known_texts(rows_of(X), y))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Look each text up; a new one stays as it is."""
    found = [(row[0], known_text(model.known, row)) for row in rows_of(X)]
    return np.array([source if text is None else text for source, text in found], dtype=object)
