"""Targets, classes and the shape of the answer, read off the three tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from iiml_codegen.domain.inventory import ColumnInfo, TableInfo
from iiml_codegen.domain.task import Guess
from iiml_codegen.errors import CompetitionError
from iiml_codegen.planning.table_roles import TableRoles

TARGET_WORDS = ("target", "label", "class", "y", "outcome", "response")


@dataclass(frozen=True)
class Targets:
    """What is to be predicted; `class_columns` maps labels to columns of the sample."""

    names: tuple[str, ...]
    id_column: str | None
    answer_columns: tuple[str, ...]
    copied_columns: tuple[str, ...] = ()
    class_columns: dict[str, str] = field(default_factory=dict)
    guesses: tuple[Guess, ...] = ()


def find_targets(tables: TableRoles, description: str) -> Targets:
    """Match the sample's columns with the columns that only the training table has.

    Raises CompetitionError when no training column can be the target.
    """
    extra = tuple(n for n in tables.train.names() if n not in tables.test.names())
    if not extra:
        raise CompetitionError(
            f"{tables.train.file} has no column that {tables.test.file} lacks: nothing to predict",
            hint="the target must stand in the training table only",
        )
    if tables.sample is None:
        raise CompetitionError(
            "the folder has no sample submission",
            hint="add sample_submission.csv: the test table's id column and the column to predict",
        )
    sample, test = tables.sample, tables.test
    shared = tuple(n for n in sample.names() if n in test.names())
    answers = tuple(n for n in sample.names() if n not in test.names())
    id_column = next((n for n in shared if identifies(test, n)), None)
    if not shared and len(answers) > 1:
        id_column, answers = answers[0], answers[1:]
    if not answers:
        raise CompetitionError(
            f"{sample.file} has no column besides those of {test.file}",
            hint="the sample submission must show the column to predict",
        )
    copied = tuple(n for n in shared if n != id_column)
    if set(answers) <= set(extra):
        return Targets(answers, id_column, answers, copied)
    return renamed_answers(tables, extra, answers, id_column, copied, description)


def identifies(table: TableInfo, name: str) -> bool:
    """A column that names each row: unique, without gaps, and short enough to be an id."""
    column = table.column(name)
    return column.unique and not column.missing and (column.mean_characters or 0.0) < 64


def renamed_answers(
    tables: TableRoles,
    extra: tuple[str, ...],
    answers: tuple[str, ...],
    id_column: str | None,
    copied: tuple[str, ...],
    description: str,
) -> Targets:
    """The sample's columns are not training columns: one per class, or a renamed target."""
    for name in extra:
        classes = match_classes(tables.train.column(name), answers)
        if classes:
            why = f"the sample has one column for each value of {name}"
            guess = Guess(what="target", value=name, why=why)
            return Targets((name,), id_column, answers, copied, classes, (guess,))
    if len(answers) != 1:
        raise CompetitionError(
            f"the columns {', '.join(answers[:5])} of {tables.sample.file if tables.sample else ''}"
            f" match neither training columns nor the values of one",
            hint=f"training-only columns are: {', '.join(extra[:8])}",
        )
    name, why = likeliest_target(extra, description)
    guess = Guess(what="target", value=name, why=why)
    return Targets((name,), id_column, answers, copied, {}, (guess,))


def match_classes(column: ColumnInfo, answers: tuple[str, ...]) -> dict[str, str]:
    """Label to sample column, by equal names or names that end in the label; {} unless all do."""
    if len(answers) < 2 or not set(column.values) or len(column.values) != len(answers):
        return {}
    found: dict[str, str] = {}
    for value in column.values:
        wanted = normal(value)
        equal = [a for a in answers if normal(a) == wanted]
        ending = [a for a in answers if re.search(rf"(?:^|_){re.escape(wanted)}$", normal(a))]
        match = equal or ending
        if len(match) != 1:
            return {}
        found[value] = match[0]
    return found if len(set(found.values())) == len(answers) else {}


def normal(name: str) -> str:
    """Lower case, one underscore for whatever is no letter or digit; 1.0 reads as 1."""
    text = re.sub(r"\.0$", "", name.strip().lower())
    return re.sub(r"[\W_]+", "_", text).strip("_")


def likeliest_target(extra: tuple[str, ...], description: str) -> tuple[str, str]:
    """One of several training-only columns: only one, a usual name, or the one described first."""
    if len(extra) == 1:
        return extra[0], "the only column that the test table lacks"
    for name in extra:
        if name.lower() in TARGET_WORDS:
            return name, f"a column called {name} is usually the target"
    places = {n: description.find(n) for n in extra if n in description}
    if places:
        name = min(places, key=lambda n: places[n])
        return (
            name,
            "the description names it first of the columns that the test table lacks",
        )
    return extra[-1], "the last column that the test table lacks"
