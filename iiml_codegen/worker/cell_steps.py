"""Tables with a sequence in each row: which cells hold its steps, and which their answers.

They are told by the sample submission, which asks for each step of each row by its place. Only
where a table's ids look so is anything else looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .column_facts import column_facts
from .step_cells import is_list, items_of

if TYPE_CHECKING:
    import pandas as pd

ASKED = re.compile(r"(.+)([\W_])(\d{1,6})")
LOOKED_AT = 20
FEWEST_STEPS = 3.0
"""Steps that a row has on average at least."""
Counts = npt.NDArray[np.int64]
Tables = list[tuple[str, "pd.DataFrame"]]
Plain = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """The ids of a sample taken apart: each row's name, and up to which place it is asked for."""

    joint: str
    first: int
    steps: dict[str, int]


def told_steps(tables: Tables) -> list[Plain]:
    """Plain `ToldSteps`, one for each sample at most."""
    found = []
    for file, sample in tables:
        answers = list(map(str, sample.columns[1:]))
        others = [(name, frame) for name, frame in tables if name != file]
        asked = asked_for(sample) if any(has_cells(one, answers) for _, one in others) else None
        told = asked and told_of(answers, asked, others)
        if told:
            found.append({"sample": file, **told})
    return found


def has_cells(train: pd.DataFrame, answers: list[str]) -> bool:
    """Whether a table has all answers, as texts or lists."""
    return all(name in train and train[name].dtype.kind == "O" for name in answers)


def asked_for(sample: pd.DataFrame) -> Asked | None:
    """What a sample's first column asks for, if all its ids are a name and a place."""
    if len(sample.columns) < 2 or not len(sample):
        return None
    ids = sample.iloc[:, 0]
    if ids.dtype.kind != "O" or not all(map(matches, ids.head(LOOKED_AT))):
        return None
    parts = ids.astype(str).str.extract(rf"^{ASKED.pattern}$")
    if parts.isna().any(axis=None) or parts[1].nunique() > 1:
        return None
    places = parts[2].astype(np.int64).groupby(parts[0])
    if places.size().mean() < FEWEST_STEPS:
        return None
    first = int((places.min() == 1).all())
    return Asked(str(parts[1].iloc[0]), first, {str(k): int(v) for k, v in places.max().items()})


def matches(cell: object) -> bool:
    """Whether an id is a name and a place."""
    return isinstance(cell, str) and ASKED.fullmatch(cell) is not None


def told_of(answers: list[str], asked: Asked, tables: Tables) -> Plain | None:
    """The two tables that have these sequences, with their cells."""
    for other, test in tables:
        for file, train in tables:
            has = has_cells(train, answers) and not set(answers) & set(test.columns)
            for key in map(str, test.columns) if has and file != other else ():
                if key not in train or not names(train[key], test[key], asked):
                    continue
                told = cells_of(train, test, key, answers, asked)
                if told is not None:
                    place = {"joint": asked.joint, "first": asked.first, "key": key}
                    return {"table": file, "other": other, **place, **told}
    return None


def names(train: pd.Series, test: pd.Series, asked: Asked) -> bool:
    """Whether a column names each sequence once, on one side, and all that are asked for."""
    if not (train.is_unique and test.is_unique):
        return False
    known = set(test.astype(str))
    return asked.steps.keys() <= known and not known & set(train.astype(str))


def cells_of(
    train: pd.DataFrame, test: pd.DataFrame, key: str, answers: list[str], asked: Asked
) -> Plain | None:
    """Columns whose cells hold the steps, and the answers; None unless all fit each other."""
    characters = not all(holds_lists(train[name]) for name in answers)
    told = {
        name: [items_of(cell, characters=characters) for cell in train[name]] for name in answers
    }
    sizes = [np.array([len(items) for items in cells]) for cells in told.values()]
    if any((one != sizes[0]).any() for one in sizes) or sizes[0].mean() < FEWEST_STEPS:
        return None
    wanted = [asked.steps.get(str(name), -1) + 1 - asked.first for name in test[key]]
    texts, lists = alike(train, test, key, np.concatenate([sizes[0], wanted]))
    if not texts and not lists:
        return None
    rows = stacked(told)
    return {
        "texts": texts,
        "lists": lists,
        "characters": characters,
        "answers": column_facts(rows, lambda names: rows[names].astype(str)),
        "rows": len(rows),
    }


def holds_lists(values: pd.Series) -> bool:
    """Whether all cells are lists of numbers, as far as they are looked at."""
    present = values.dropna().head(LOOKED_AT)
    return values.dtype.kind == "O" and len(present) > 0 and all(map(is_list, present))


def alike(
    train: pd.DataFrame, test: pd.DataFrame, key: str, least: Counts
) -> tuple[list[str], list[str]]:
    """Columns of characters and of lists that are as long as each other, and long enough.

    Of several lengths the one of most columns is taken.
    """
    groups: dict[bytes, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for name in map(str, train.columns):
        if name == key or name not in test or train[name].dtype.kind != "O":
            continue
        cells = [*train[name], *test[name]]
        lists = holds_lists(train[name])
        if not lists and any(" " in str(cell) for cell in cells[:LOOKED_AT]):
            continue
        sizes = np.array([len(items_of(cell, characters=not lists)) for cell in cells], np.int64)
        if (sizes >= least).all():
            groups[sizes.tobytes()][lists].append(name)
    return max(groups.values(), key=lambda two: len(two[0]) + len(two[1]), default=([], []))


def stacked(told: dict[str, list[list[str]]]) -> pd.DataFrame:
    """The answers step by step, numbers as numbers; steps that lack one are left out."""
    import pandas as pd

    flat = {name: [item for items in cells for item in items] for name, cells in told.items()}
    rows = pd.DataFrame(flat, dtype=object)
    rows = rows[(rows != "").all(axis=1)].reset_index(drop=True)
    with suppress(ValueError):
        rows = rows.apply(pd.to_numeric)
    return rows
