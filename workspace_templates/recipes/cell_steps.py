"""Sequences that stand in cells, a character or a number for each step: steps become rows."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

BEYOND = "(end)"
NO_NUMBER = {"", "nan", "null", "none"}


def numbers_in_cell(cell: object) -> list[str | None]:
    """Take a list of numbers apart, such as "[0.5, null, 2]"; a gap has none."""
    inner = cell.strip().strip("[]()").strip() if isinstance(cell, str) else ""
    parts = re.split(r"[\s,;]+", inner) if inner else []
    return [None if part.lower() in NO_NUMBER else part for part in parts]


def letters_in_cell(cell: object) -> list[str | None]:
    """Take a text apart, character by character; spaces are gaps."""
    return [letter.strip() or None for letter in cell] if isinstance(cell, str) else []


def answered_numbers(table: pd.DataFrame, targets: Sequence[str]) -> pd.DataFrame:
    """List the steps with all answers, where these are lists of numbers."""
    return answered_steps({name: table[name].map(numbers_in_cell) for name in targets})


def answered_letters(table: pd.DataFrame, targets: Sequence[str]) -> pd.DataFrame:
    """List the steps with all answers, where these are a character each."""
    return answered_steps({name: table[name].map(letters_in_cell) for name in targets})


def answered_steps(cells: dict[str, pd.Series]) -> pd.DataFrame:
    """List the steps with all answers: the row of the table, the step from 0, and the answers."""
    steps = pd.DataFrame(cells).reset_index(drop=True).explode(list(cells))
    places = pd.DataFrame({"row": steps.index, "step": steps.groupby(level=0).cumcount()})
    known = steps.notna().all(axis=1).to_numpy()
    return places[known].reset_index(drop=True).join(steps[known].reset_index(drop=True))


def asked_steps(
    sample: pd.DataFrame, table: pd.DataFrame, id_column: str, key: str, joint: str, first: int = 0
) -> pd.DataFrame:
    """Take the ids of a sample apart into the row of the table and the step, counted from 0."""
    ids = sample[id_column].astype(str)
    parts = [one.rpartition(joint) for one in ids]
    row_of = pd.Series(range(len(table)), index=table[key].astype(str))
    rows = row_of.loc[[part[0] for part in parts]].to_numpy()
    steps = [int(part[2]) - first for part in parts]
    return pd.DataFrame({"row": rows, "step": steps, id_column: ids.to_numpy()})


def rows_of_steps(
    table: pd.DataFrame,
    steps: pd.DataFrame,
    texts: Sequence[str],
    lists: Sequence[str],
    near: int = 3,
    before: str = "steps before",
    after: str = "steps after",
) -> pd.DataFrame:
    """Make a row of each step: what its sequence has in common, and what stands around the step.

    `texts` have a character for each step and `lists` a number. `before` and `after` count the
    steps from either end of the sequence.
    """
    owner, place = steps["row"].to_numpy(), steps["step"].to_numpy()
    told = steps.drop(columns=["row", "step"])
    common = table.drop(columns=[*texts, *lists, *told.columns], errors="ignore")
    letters = {name: [str(cell) for cell in table[name].fillna("")] for name in texts}
    numbers = {name: table[name].map(numbers_in_cell).tolist() for name in lists}
    sizes = np.array([len(cells) for cells in next(iter([*letters.values(), *numbers.values()]))])
    around = {before: place, after: sizes[owner] - 1 - place}
    for name, cells in letters.items():
        around |= letters_around(name, cells, owner, place, near)
    for name, cells in numbers.items():
        pairs = zip(owner, place, strict=True)
        around[name] = [cells[row][step] if step < len(cells[row]) else None for row, step in pairs]
    blocks = [common.iloc[owner].reset_index(drop=True), pd.DataFrame(around), told]
    return pd.concat(blocks, axis=1)


def letters_around(
    name: str, cells: Sequence[str], owner: np.ndarray, place: np.ndarray, near: int
) -> dict[str, np.ndarray]:
    """Look at each step's character, and at those before and after it."""
    width, beyond = max(map(len, cells), default=0), " " * near
    grid = np.array([list(f"{beyond}{cell:<{width}}{beyond}") for cell in cells])
    told = {}
    for shift in range(-near, near + 1):
        found = grid[owner, place + near + shift].astype(object)
        side = f" {abs(shift)} {'before' if shift < 0 else 'after'}" if shift else ""
        told[name + side] = np.where(found == " ", BEYOND, found)
    return told
