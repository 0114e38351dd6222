"""Which table is the sample submission, which are train and test, by names and by columns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from iiml_codegen.domain.inventory import Inventory, TableInfo
from iiml_codegen.domain.layout import Layout
from iiml_codegen.domain.task import Guess
from iiml_codegen.errors import CompetitionError

SAMPLE_WORDS = ("submission", "sample", "submit")
TRAIN_WORDS = ("train", "learn")
TEST_WORDS = ("test", "holdout", "unlabel", "score", "predict", "eval")
LABEL_WORDS = ("label", "target", "truth", "answer", "solution", "outcome", "response", "y_train")


@dataclass(frozen=True)
class Sources:
    """Where rows come from: the columns of both sides, whatever files they are made of.

    `train` and `test` are tables of the competition, or stand for rows that are files or that are
    joined from several tables; `layout` says which.
    """

    train: TableInfo
    test: TableInfo
    sample: TableInfo | None
    layout: Layout
    guesses: tuple[Guess, ...] = ()


def extra(rich: TableInfo, poor: TableInfo) -> tuple[str, ...]:
    """Columns that the first table has and the second lacks, in file order."""
    known = frozenset(poor.names())
    return tuple(name for name in rich.names() if name not in known)


def stem(table: TableInfo) -> str:
    """The file's name without folder, in lower case."""
    return table.file.rpartition("/")[2].lower()


def find_sample(inventory: Inventory) -> TableInfo | None:
    """The sample submission by name; where several claim it, the one with fewest columns.

    Where none does, a table that lists the test's ids in its order beside columns that test lacks.
    """
    tables = [table for table in inventory.tables if table.columns]
    claims = [t for t in tables if any(word in stem(t) for word in SAMPLE_WORDS)]
    named_so = min(claims, key=lambda table: (len(table.columns), table.file), default=None)
    return named_so or like_a_sample(tables)


def like_a_sample(tables: list[TableInfo]) -> TableInfo | None:
    """A table of no usual name with the test's rows, its id first, and few columns beside it."""
    train, test = named(tables, TRAIN_WORDS), named(tables, TEST_WORDS)
    if train is None or test is None or train is test:
        return None
    for table in tables:
        first, shared = table.columns[0], set(table.names()) & set(test.names())
        if table in (train, test) or table.rows != test.rows or shared != {first.name}:
            continue
        theirs = test.column(first.name)
        if theirs.unique and first.examples == theirs.examples and len(table.columns) > 1:
            return table
    return None


def named(tables: list[TableInfo], words: tuple[str, ...]) -> TableInfo | None:
    """The table whose name starts with one of the words, else one that contains it.

    Tables of labels are no candidates; of several the one with most columns is taken.
    """
    tables = [t for t in tables if not any(word in stem(t) for word in LABEL_WORDS)]
    for word in words:
        starts = [t for t in tables if stem(t).startswith(word)]
        holds = [t for t in tables if re.search(rf"(?:^|[^a-z]){word}", stem(t)) or word in stem(t)]
        exact = [t for t in starts if stem(t).partition(".")[0] == word]
        if starts or holds:
            return max(exact or starts or holds, key=lambda table: len(table.columns))
    return None


def of_labels(tables: list[TableInfo]) -> list[TableInfo]:
    """Tables whose names say that they hold labels."""
    return [table for table in tables if any(word in stem(table) for word in LABEL_WORDS)]


def by_columns(tables: list[TableInfo]) -> tuple[TableInfo, TableInfo] | None:
    """The pair in which one table has all columns of the other and at least one more."""
    for rich in tables:
        for poor in tables:
            if rich is not poor and set(poor.names()) < set(rich.names()):
                return rich, poor
    return None


def by_names(tables: list[TableInfo]) -> tuple[TableInfo, TableInfo, tuple[Guess, ...]] | None:
    """Train and test by their names; where the columns contradict, the columns are believed."""
    train, test = named(tables, TRAIN_WORDS), named(tables, TEST_WORDS)
    if train is None or test is None or train is test:
        return None
    if not extra(train, test) and extra(test, train):
        why = (
            f"{test.file} has {extra(test, train)[0]}, which {train.file} lacks: names are swapped"
        )
        return test, train, (Guess(what="training table", value=test.file, why=why),)
    others = [guess for table in (train, test) for guess in passed_over(table, test, tables)]
    return train, test, tuple(others)


def passed_over(table: TableInfo, test: TableInfo, tables: list[TableInfo]) -> list[Guess]:
    """What could have been taken for the same table: all of its columns under a name like it."""
    side, words = ("test", TEST_WORDS) if table is test else ("training", TRAIN_WORDS)
    rivals = [
        other.file
        for other in tables
        if other is not table
        and set(other.names()) == set(table.names())
        and any(word in stem(other) for word in words)
    ]
    if not rivals:
        return []
    why = f"{', '.join(rivals)} has the same columns and is not read"
    return [Guess(what=f"{side} table", value=table.file, why=why)]


def refuse_empty(table: TableInfo) -> None:
    """A table without rows cannot be learned from or answered."""
    if table.rows == 0:
        raise CompetitionError(f"{table.file} has a header but no rows", hint="add the data rows")
