"""Codes of one length, such as "ABBACD": what stands at each place, and how often."""

from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.strings import as_text

FEW_LETTERS = 30


def letters_by_place(codes: pd.Series, fitted: dict[str, Any]) -> pd.DataFrame:
    """Number the character at each place of a code, and count which occur in it.

    "BAAB" with the alphabet "ABC" is 1, 0, 0, 1, has two different characters, and A and B twice
    each, C never. Single characters are counted where there are at most thirty.
    """
    name, text = codes.name, as_text(codes)
    length = remember(fitted, f"length of {name}", lambda: int(text.fillna(" ").str.len().max()))
    seen = remember(fitted, f"alphabet of {name}", lambda: sorted(set("".join(text.dropna()))))
    letters = np.asarray(text.fillna(""), dtype=f"U{length}").view("U1").reshape(-1, length)
    places = np.full(letters.shape, np.nan)
    counts = np.zeros((len(codes), len(seen)))
    for number, letter in enumerate(seen):
        there = letters == letter
        places[there] = number
        counts[:, number] = there.sum(axis=1)
    told = {f"{name}_{n + 1}": places[:, n] for n in range(length)}
    told[f"{name}_different"] = (counts > 0).sum(axis=1)
    if len(seen) <= FEW_LETTERS:
        told |= {f"{name}_count_{letter}": counts[:, n] for n, letter in enumerate(seen)}
    return pd.DataFrame(told, index=codes.index).astype("float64").where(codes.notna())
