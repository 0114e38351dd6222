"""Folders whose tables are there but cannot be what their names say: refused before any guess."""

from __future__ import annotations

from iiml_codegen.domain.inventory import Inventory, TableInfo
from iiml_codegen.errors import CompetitionError, UnsupportedTaskError
from iiml_codegen.planning.table_roles import (
    SAMPLE_WORDS,
    TEST_WORDS,
    TRAIN_WORDS,
    Sources,
    extra,
    named,
    of_labels,
)


def refuse_unreadable(inventory: Inventory, data: list[TableInfo]) -> None:
    """A train or test that cannot be read is the trouble itself: no other table takes its place.

    Where rows may be files, only the very names `train` and `test` are meant.
    """
    for words in (TRAIN_WORDS, TEST_WORDS):
        if named(data, words) is not None:
            continue
        for trouble in inventory.troubles:
            name = trouble.file.rpartition("/")[2].lower().partition(".")[0]
            meant = name in words if inventory.groups else any(word in name for word in words)
            if meant and not any(word in name for word in SAMPLE_WORDS):
                raise CompetitionError(trouble.said(), hint=trouble.hint)


def refuse_target_in_test(train: TableInfo, test: TableInfo, sample: TableInfo | None) -> None:
    """A test table that has the column to predict, and not one value in it."""
    asked = sample.names() if sample else ()
    varied = {column.name for column in train.columns if column.distinct > 1}
    no_target = sample is None and not extra(train, test)
    for column in test.columns:
        wanted = column.name in asked or no_target
        if column.name in varied and wanted and not column.distinct:
            raise CompetitionError(
                f"{test.file} has the column {column.name}, which is to be predicted, without a"
                " value in it",
                hint=f"take the column {column.name} out of {test.file}",
            )


def row_names(table: TableInfo, train: TableInfo) -> list[str]:
    """Columns of both tables that name the rows of the first, each one once."""
    return [n for n in table.names() if n in train.names() and table.column(n).unique]


def repeats(table: TableInfo, name: str) -> bool:
    """True if several rows have one value there."""
    column = table.column(name)
    return not column.unique and column.distinct < table.rows - column.missing


def refuse_labels_of_many_rows(
    train: TableInfo, sample: TableInfo | None, others: list[TableInfo]
) -> None:
    """Labels that each belong to several training rows: one answer for a sequence, say."""
    asked = sample.names() if sample else ()
    for table in others:
        told = extra(table, train)
        if not (table in of_labels(others) or set(told) & set(asked)):
            continue
        for key in row_names(table, train) if told else ():
            count = train.column(key).distinct
            raise UnsupportedTaskError(
                f"{table.file} has one {told[0]} for each {key}, but {train.file} has several rows"
                f" for each ({train.rows:,} rows, {count:,} {key}): one answer for many rows",
                hint=f"make one row for each {key} of both train and test: means, extremes, last"
                " values or a column for each step",
            )


def refuse_nothing_shared(found: Sources) -> None:
    """Train and test without a common column: one has no header, or is of something else."""
    train, test = found.train, found.test
    if not set(train.names()) & set(test.names()):
        raise CompetitionError(
            f"{train.file} and {test.file} have no column in common: the header of one is"
            f" {shown(train)}, that of the other {shown(test)}",
            hint="both need a header with the same names for the same columns",
        )
    layout = found.layout
    more = layout.media or layout.related
    if layout.test_from_sample and not more and len(test.columns) < 2:
        raise CompetitionError(
            f"there is no table of test rows: {test.file} lists ids, and only {train.file} says"
            " anything about rows",
            hint="add the table of test rows, as test.csv",
        )


def shown(table: TableInfo) -> str:
    """The first names of a table."""
    names = ", ".join(table.names()[:4])
    return f"{names}, ..." if len(table.columns) > 4 else names
