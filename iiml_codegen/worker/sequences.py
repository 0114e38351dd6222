"""Rows that are steps of sequences: what names each sequence, and what puts its steps in order.

A sequence is a group of rows that is in train or in the test as a whole. What tells the order is a
column that rises within the groups as rows stand in the file, counts their rows, or is a time in
which no two rows of a group are alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .dates import as_numbers
from .name_words import names_a_time

if TYPE_CHECKING:
    import pandas as pd

FEWEST_SEQUENCES = 10
FEWEST_STEPS = 5
NEARLY_ALL = 0.99
"""Share of the sequences in which a column has to put the steps in order."""
GLANCE = 2_000
"""Rows that mostly tell that a column rises in no order."""
VARYING = 0.1
"""Share of the sequences within which a column that is worth following varies."""
EVEN = 1e-6
CERTAIN, ABOUT = 3.0, 0.02
"""Standard errors, and share of its length, by which a usual sequence of the test may differ."""
Positions = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Plain = dict[str, Any]


@dataclass(frozen=True)
class Steps:
    """Rows of both tables sorted by sequence: `rows` are their positions, `owner` their sequence.

    `inner` says for each but the first whether it goes on with the sequence of the one before.
    """

    rows: Positions
    owner: Positions
    inner: Mask

    @classmethod
    def sorted_by(cls, owners: Positions, place: Floats | None = None) -> Steps:
        """Steps in the order of a place, or as they stand."""
        rows = np.argsort(owners, kind="stable") if place is None else np.lexsort((place, owners))
        owner = owners[rows]
        return cls(rows, owner, owner[1:] == owner[:-1])

    def share(self, steps: Mask) -> float:
        """Share of the sequences that have any of these steps; one entry for each but the first."""
        found = np.unique(self.owner[1:][steps & self.inner])
        return len(found) / (int(self.owner[-1]) + 1)

    def passed(self, values: Floats) -> Floats:
        """What a column grows by from step to step, within sequences and between them."""
        grown: Floats = np.diff(values[self.rows])
        return grown


def sequences(train: pd.DataFrame, test: pd.DataFrame, columns: list[Plain]) -> Plain | None:
    """Plain `Sequences` of two tables with these plain `ColumnProfile`s; None if rows are no steps.

    Of several columns that name sequences the one of most sequences is taken.
    """
    shared = [one for one in columns if one["in_train"] and one["in_test"]]
    names = [one for one in shared if may_name(one, len(train) + len(test))]
    for named in sorted(names, key=lambda one: -one["distinct"]):
        owners = codes_of(train, test, named["name"])
        sizes = np.bincount(owners)
        known = int(owners[: len(train)].max()) + 1
        if (
            known < FEWEST_SEQUENCES
            or min(sizes[:known].mean(), sizes[known:].mean()) < FEWEST_STEPS
        ):
            continue
        others = [one for one in shared if one is not named]
        found = in_order(train, test, others, owners)
        if found is None:
            continue
        order, steps, place = found
        passed = steps.passed(place)[steps.inner]
        rest = [one for one in others if one["name"] != order]
        return {
            "column": named["name"],
            "order": order,
            "distinct": known,
            "shortest": int(sizes.min()),
            "longest": int(sizes.max()),
            "uneven": bool(np.ptp(passed) > EVEN * abs(float(np.median(passed)))),
            "cut": are_cut(sizes[:known], sizes[known:]),
            "numbers": [one["name"] for one in rest if varies(train, test, one, steps)],
            "within": [one["name"] for one in rest if holds(train, test, one, steps)],
        }
    return None


def may_name(column: Plain, rows: int) -> bool:
    """Whether a column may name sequences: no gap, rows enough a value, none on both sides."""
    kinds = column["role"] == "category" or (
        column["role"] in ("number", "ordinal_code")
        and column["dtype"] == "int"
        and not names_a_time(column["name"])
    )
    whole = not (column["missing_train"] or column["missing_test"])
    return kinds and whole and is_new(column) and column["distinct"] * FEWEST_STEPS <= rows


def is_new(column: Plain) -> bool:
    """Whether train has no value that the test has."""
    return bool(column["unseen_share"] == 1.0)


def codes_of(train: pd.DataFrame, test: pd.DataFrame, name: str) -> Positions:
    """The values of both tables as codes, in the order in which they come; gaps are -1."""
    import pandas as pd

    codes, _ = pd.factorize(pd.concat([train[name], test[name]], ignore_index=True))
    return np.asarray(codes, np.int64)


def numbers_of(train: pd.DataFrame, test: pd.DataFrame, column: Plain) -> Floats | None:
    """The numbers or moments of both tables; None for a column of anything else."""
    import pandas as pd

    name = str(column["name"])
    both: pd.Series = pd.concat([train[name], test[name]], ignore_index=True)
    if column["role"] != "date" and both.dtype.kind not in "iufb":
        return None
    return as_numbers(both, column["date_format"])


def in_order(
    train: pd.DataFrame, test: pd.DataFrame, columns: list[Plain], owners: Positions
) -> tuple[str, Steps, Floats] | None:
    """The column that puts steps in order, the steps, and its values; a time before other ones."""
    stand = Steps.sorted_by(owners)
    found: list[tuple[tuple[bool, int], str, Steps, Floats]] = []
    for column in columns:
        gaps = column["missing_train"] or column["missing_test"]
        if gaps or column["role"] not in ("number", "ordinal_code", "date"):
            continue
        place = numbers_of(train, test, column)
        if place is None:
            continue
        is_time = column["role"] == "date" or names_a_time(column["name"])
        steps = rising(place, stand) or counting(place, owners, is_time)
        if steps is not None:
            found.append(((is_time, column["distinct"]), column["name"], steps, place))
    if not found:
        return None
    _, name, steps, place = max(found, key=lambda one: one[0])
    return name, steps, place


def rising(place: Floats, stand: Steps) -> Steps | None:
    """The steps as they stand, if a column rises from each one to the next of its sequence."""
    head = np.diff(place[stand.rows[:GLANCE]]) > 0
    inner = stand.inner[: len(head)]
    if inner.any() and head[inner].mean() < NEARLY_ALL:
        return None
    falls = ~(stand.passed(place) > 0)
    return stand if stand.share(falls) <= 1 - NEARLY_ALL else None


def counting(place: Floats, owners: Positions, is_time: bool) -> Steps | None:
    """The steps in the order of a column, if it counts the rows of sequences or is their time."""
    if not is_time and (place % 1 != 0).any():
        return None
    steps = Steps.sorted_by(owners, place)
    passed = steps.passed(place)
    wrong = ~(passed > 0) if is_time else passed != 1
    return steps if steps.share(wrong) <= 1 - NEARLY_ALL else None


def varies(train: pd.DataFrame, test: pd.DataFrame, column: Plain, steps: Steps) -> bool:
    """Whether a number has several values within sequences, and does not just count their steps."""
    if column["role"] not in ("number", "ordinal_code", "boolean"):
        return False
    numbers = numbers_of(train, test, column)
    if numbers is None:
        return steps.share(changes(codes_of(train, test, column["name"]), steps)) >= VARYING
    passed = steps.passed(numbers)[steps.inner]
    counts = bool(np.ptp(passed) <= EVEN * np.abs(passed).max())
    return not counts and steps.share(changes(numbers, steps)) >= VARYING


def changes(values: Floats | Positions, steps: Steps) -> Mask:
    """Whether each step but the first has another value than the one before; gaps are alike."""
    own = values[steps.rows]
    differ: Mask = (own[1:] != own[:-1]) & ~((own[1:] != own[1:]) & (own[:-1] != own[:-1]))
    return differ


def holds(train: pd.DataFrame, test: pd.DataFrame, column: Plain, steps: Steps) -> bool:
    """Whether a column names larger groups, in which whole sequences lie."""
    if column["role"] != "category" or not is_new(column):
        return False
    return steps.share(changes(codes_of(train, test, column["name"]), steps)) == 0.0


def are_cut(train: Positions, test: Positions) -> bool:
    """Whether the test's sequences are longer or shorter than train's, as where they were cut."""
    error = np.hypot(train.std() / len(train) ** 0.5, test.std() / len(test) ** 0.5)
    apart = abs(float(train.mean() - test.mean()))
    return bool(apart > CERTAIN * error + ABOUT * float(train.mean()))


def new_group(found: Plain | None, relations: list[Plain]) -> Iterator[Plain]:
    """The plain `Relation` of what names sequences, where nothing else has told it: a number."""
    if found is None or any(one["column"] == found["column"] for one in relations):
        return
    name = found["column"]
    evidence = (
        f"each {name} names a sequence of steps, in the order of {found['order']}, and no test row "
        "has one that train has too"
    )
    yield {
        "column": name,
        "kind": "group",
        "test_is": "new_groups",
        "evidence": evidence,
        "distinct": found["distinct"],
        "even": found["shortest"] == found["longest"],
    }
