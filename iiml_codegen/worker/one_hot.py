"""Columns that together are one category: of several 0/1 columns exactly one is 1 in each row."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from .columns import Column
from .roles import Role

if TYPE_CHECKING:
    import pandas as pd

STEM = re.compile(r"^(.*?)[_ .\-]?(?:\d+|[^_ .\-]*)$")
EXACTLY_ONE = 0.99


def one_hot_groups(columns: list[tuple[Column, Role]]) -> list[list[str]]:
    """Groups of columns with a common stem whose values add up to one in nearly all rows."""
    stems: dict[str, list[pd.Series]] = defaultdict(list)
    for column, role in columns:
        if role.name == "boolean" and column.kind == "int" and column.in_test:
            matched = STEM.match(column.name)
            if matched and matched.group(1):
                stems[matched.group(1)].append(column.both)
    groups = [group for group in stems.values() if len(group) > 1 and _is_one_hot(group)]
    return [[str(values.name) for values in group] for group in groups]


def _is_one_hot(group: list[pd.Series]) -> bool:
    table = np.stack([values.to_numpy() for values in group], axis=1)
    if not np.isin(table, (0, 1)).all():
        return False
    return bool((table.sum(axis=1) == 1).mean() >= EXACTLY_ONE)
