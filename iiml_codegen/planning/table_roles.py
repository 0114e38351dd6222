"""Which table is train, which is test, which is the sample submission."""

from __future__ import annotations

from dataclasses import dataclass

from iiml_codegen.domain.inventory import Inventory, TableInfo
from iiml_codegen.domain.task import Guess
from iiml_codegen.errors import CompetitionError

SAMPLE_WORDS = ("submission", "sample")


@dataclass(frozen=True)
class TableRoles:
    """The three tables of a one-table competition, and what had to be guessed."""

    train: TableInfo
    test: TableInfo
    sample: TableInfo | None
    guesses: tuple[Guess, ...] = ()


def find_tables(inventory: Inventory) -> TableRoles:
    """Tell the tables apart by name, and by their columns where names say nothing.

    Raises CompetitionError when there is no table with answers or none without.
    """
    tables = [table for table in inventory.tables if table.columns]
    if not tables:
        raise CompetitionError(
            "the folder has no table with columns",
            hint="put train.csv and test.csv directly into the folder",
        )
    sample = find_sample(tables)
    data = [table for table in tables if table is not sample]
    train, test = named(data, "train"), named(data, "test")
    guesses: list[Guess] = []
    if train is None or test is None or train is test:
        train, test = by_columns(data, train, test)
        why = f"{train.file} has columns that {test.file} lacks"
        guesses.append(Guess(what="training table", value=train.file, why=why))
    refuse_empty(train)
    refuse_empty(test)
    return TableRoles(train, test, sample, tuple(guesses))


def find_sample(tables: list[TableInfo]) -> TableInfo | None:
    """The sample submission by name; the shortest table wins where several claim it."""
    claims = [t for t in tables if any(word in t.file.lower() for word in SAMPLE_WORDS)]
    return min(claims, key=lambda table: (len(table.columns), table.file), default=None)


def named(tables: list[TableInfo], word: str) -> TableInfo | None:
    """The table whose name starts with `word`, else one that contains it."""
    starts = [t for t in tables if t.file.lower().startswith(word)]
    holds = [t for t in tables if word in t.file.lower()]
    return next(iter(starts or holds), None)


def by_columns(
    tables: list[TableInfo], train: TableInfo | None, test: TableInfo | None
) -> tuple[TableInfo, TableInfo]:
    """The pair in which one table has all columns of the other and at least one more."""
    for rich in [train] if train else tables:
        for poor in [test] if test else tables:
            if rich is not poor and set(poor.names()) < set(rich.names()):
                return rich, poor
    files = ", ".join(table.file for table in tables) or "none"
    raise CompetitionError(
        f"no pair of training and test tables among: {files}",
        hint="name them train.csv and test.csv; train needs the column that test lacks",
    )


def refuse_empty(table: TableInfo) -> None:
    """A table without rows cannot be learned from or answered."""
    if table.rows == 0:
        raise CompetitionError(f"{table.file} has a header but no rows", hint="add the data rows")
