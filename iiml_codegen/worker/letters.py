"""Codes of one length, such as "ABBACD", and what the characters at their places say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .columns import Column
from .name_words import names_an_id
from .roles import Role
from .single_column import Floats, folds_for
from .text_signal import linear_signal

if TYPE_CHECKING:
    import pandas as pd

SHORTEST, LONGEST = 3, 30
HASH = 16
"""So many hexadecimal digits, or more, are a hash: no place of it means anything."""
HEX = re.compile(r"[0-9a-fA-F]+")
FEW_LEVELS = 400
"""Codes of fewer are the levels of a category, if they come again."""
MOST_AT_A_PLACE = 40
LOOKED_AT = 2_000
FEWEST_ROWS = 60
LEAST, ERRORS = 0.02, 4.0

Letters = npt.NDArray[np.str_]


def letters(
    column: Column, role: Role, target: Floats, has_classes: bool, seed: int
) -> dict[str, Any] | None:
    """Plain `Letters` of a column whose places tell something about the target, else None.

    `target` has the rows of the column's training side. Names of the rows are left alone.
    """
    named = role.name == "id" and names_an_id(column.name)
    many = role.name == "id" or column.distinct > FEW_LEVELS
    if not (column.in_train and column.in_test and many) or named:
        return None
    if not len(column.present) or not spelled(column.present.head(LOOKED_AT)):
        return None
    known = column.train.notna().to_numpy()
    codes = column.train[known].astype(str)
    if len(codes) < FEWEST_ROWS or not spelled(column.present):
        return None
    cells = cells_of(column.present.astype(str))
    most = max(len(np.unique(place)) for place in cells.T)
    if most > MOST_AT_A_PLACE:
        return None
    alone = letter_signal(codes, target[known], has_classes, seed)
    if alone <= by_chance(target[known], has_classes):
        return None
    found = {"length": cells.shape[1], "most": most, "alphabet": len(np.unique(cells))}
    return {**found, "signal": round(alone, 4)}


def spelled(codes: pd.Series) -> bool:
    """Whether texts are codes: letters and digits, all equally long, no numbers and no hashes."""
    text = codes.astype(str)
    length = len(text.iloc[0])
    if not SHORTEST <= length <= LONGEST or (text.str.len() != length).any():
        return False
    if not text.str.isalnum().all() or text.str.isdigit().all():
        return False
    return length < HASH or not text.str.fullmatch(HEX).all()


def cells_of(codes: pd.Series) -> Letters:
    """One row per code, one column per place."""
    length = len(codes.iloc[0])
    together = np.asarray(codes, dtype=f"U{length}")
    return together.view("U1").reshape(len(codes), length)


def letter_signal(codes: pd.Series, target: Floats, has_classes: bool, seed: int) -> float:
    """What a linear model makes of places and of how many characters differ, 0 to 1.

    Out of fold, and all rows of one code are in one fold: what counts is what is said about codes
    that were never seen.
    """
    import pandas as pd
    from scipy.sparse import csr_matrix

    cells = cells_of(codes)
    rows, length = cells.shape
    ordered = np.sort(cells, axis=1)
    different = (ordered[:, 1:] != ordered[:, :-1]).sum(axis=1)
    alphabet, place = np.unique(cells, return_inverse=True)
    told = place.reshape(rows, length) + np.arange(length) * len(alphabet)
    told = np.column_stack([told, len(alphabet) * length + different])
    flags = csr_matrix(
        (np.ones(told.size), told.ravel(), np.arange(0, told.size + 1, length + 1)),
        shape=(rows, len(alphabet) * length + length),
    )
    code, names = pd.factorize(codes)
    return linear_signal(flags, target, has_classes, folds_for(len(names), seed)[code])


def by_chance(target: Floats, has_classes: bool) -> float:
    """A signal that codes without any meaning do not reach: four standard errors of an AUC.

    Of amounts, where meaningless features explain less than nothing out of fold, `LEAST`.
    """
    if not has_classes:
        return LEAST
    rows = len(target)
    common = [np.unique(one, return_counts=True)[1].max() for one in target.reshape(rows, -1).T]
    pairs = max(1, min(int(most) * (rows - int(most)) for most in common))
    return max(LEAST, ERRORS * float(np.sqrt((rows + 1) / (3 * pairs))))
