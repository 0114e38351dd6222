"""Columns that are steps in time by their names: dates, or a word and consecutive numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from iiml_codegen.domain.inventory import ColumnInfo, TableInfo
from iiml_codegen.planning.table_roles import TRAIN_WORDS, stem

DATE = r"\d{4}-\d{2}-\d{2}"
NUMBERED = re.compile(r"(.*?)(\d+)")
FEWEST_STEPS = 10


@dataclass(frozen=True)
class Wide:
    """A table with a column for each step: what their names match, and all of them in order."""

    table: TableInfo
    called: str
    steps: tuple[str, ...]

    @property
    def dated(self) -> bool:
        """Whether steps are called by dates."""
        return self.called == DATE

    @property
    def others(self) -> tuple[ColumnInfo, ...]:
        """Columns that are no steps."""
        steps = set(self.steps)
        return tuple(column for column in self.table.columns if column.name not in steps)

    @property
    def apart(self) -> int:
        """Days between the last two steps, where they are dates; else 1."""
        return step_between(*self.steps[-2:]) if self.dated else 1

    def has(self, names: Sequence[str]) -> bool:
        """Whether all of some names are steps."""
        return bool(names) and set(names) <= set(self.steps)

    def behind(self, step: str) -> int:
        """How many steps a name lies behind the last one."""
        if self.dated:
            return math.ceil(step_between(self.steps[-1], step) / max(1, self.apart))
        return number_of(step) - number_of(self.steps[-1])

    def after(self, count: int) -> str:
        """The name of the step that lies so many behind the last one."""
        last = self.steps[-1]
        if self.dated:
            return str(date.fromisoformat(last) + timedelta(days=self.apart * count))
        padded = len(self.steps[0]) == len(last)
        digits = len(last) - len(word_in(last)) if padded else 0
        return word_in(last) + str(number_of(last) + count).zfill(digits)


def wide_tables(data: Sequence[TableInfo]) -> list[Wide]:
    """Tables with columns of steps, those with most of them first; of equals those for training."""
    found = [wide for table in data if (wide := wide_table(table)) is not None]
    return sorted(found, key=lambda wide: (-len(wide.steps), not is_for_training(wide.table)))


def is_for_training(table: TableInfo) -> bool:
    """Whether a table is called so."""
    return any(word in stem(table) for word in TRAIN_WORDS)


def wide_table(table: TableInfo) -> Wide | None:
    """The columns of steps of one table; None where it has too few of them."""
    dates = tuple(name for name in table.names() if re.fullmatch(DATE, name))
    if len(dates) >= FEWEST_STEPS:
        return Wide(table, DATE, dates)
    numbers = [column.name for column in table.columns if column.dtype != "string"]
    words = Counter(word_in(name) for name in numbers if NUMBERED.fullmatch(name))
    word, count = words.most_common(1)[0] if words else ("", 0)
    called = re.escape(word) + r"\d+"
    steps = tuple(name for name in table.names() if re.fullmatch(called, name))
    if count < FEWEST_STEPS or count < len(steps) or not consecutive(steps):
        return None
    return Wide(table, called, steps)


def consecutive(steps: Sequence[str]) -> bool:
    """Whether the numbers of names count on by one."""
    numbers = [number_of(name) for name in steps]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def word_in(step: str) -> str:
    """What stands before the number of a step."""
    found = NUMBERED.fullmatch(step)
    return found.group(1) if found else step


def word_of(step: str) -> str:
    """The word that counts steps: `week` of `week_12`."""
    return word_in(step).rstrip("_- .")


def number_of(step: str) -> int:
    """The number of a step; -1 where it has none."""
    found = NUMBERED.fullmatch(step)
    return int(found.group(2)) if found else -1


def step_between(first: str, second: str) -> int:
    """Days from one date to another."""
    return (date.fromisoformat(second) - date.fromisoformat(first)).days


def days_of(first: str, last: str) -> float:
    """Days from one moment to another."""
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds() / 86_400.0
