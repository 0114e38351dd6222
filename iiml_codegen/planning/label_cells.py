"""Several labels in one cell, such as `comedy crime`: each label becomes a target of its own."""

from __future__ import annotations

from dataclasses import replace as changed

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo
from iiml_codegen.domain.layout import LabelCell
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.table_roles import Sources
from iiml_codegen.planning.targets import Targets

NAMED = {" ": "spaces", ",": "commas", ";": "semicolons", "|": "bars"}


def labels_apart(found: Sources, targets: Targets) -> tuple[Sources, Targets]:
    """Sources and targets with a target for each label; as they are where cells hold one label."""
    layout = found.layout
    labelled = layout.train_files or any(one.role == "labels" for one in layout.related)
    if labelled or targets.class_columns or targets.long or len(targets.names) != 1:
        return found, targets
    column = found.train.column(targets.names[0])
    if not column.labels or column.name not in targets.answer_columns:
        return found, targets
    names = tuple(f"{column.name}={label}" for label in column.labels)
    cell = LabelCell(
        column=column.name, separator=column.label_mark, labels=column.labels, names=names
    )
    flags = tuple(flag(name, column) for name in names)
    train = replace(found.train, columns=(*found.train.columns, *flags))
    marks = NAMED.get(column.label_mark, column.label_mark)
    why = f"its cells hold labels with {marks} between them, such as {longest(column)}"
    guess = Guess(what=f"targets in {column.name}", value=f"{len(names)} labels", why=why)
    told = changed(targets, names=names, guesses=(*targets.guesses, guess))
    return Sources(
        train, found.test, found.sample, replace(layout, label_cell=cell), found.guesses
    ), told


def longest(column: ColumnInfo) -> str:
    """The example with most labels."""
    return max(column.examples, key=lambda text: text.count(column.label_mark), default="")


def flag(name: str, column: ColumnInfo) -> ColumnInfo:
    """A label as a column of yes and no."""
    return ColumnInfo(
        name=name,
        dtype="int",
        distinct=2,
        missing=column.missing,
        unique=False,
        integral=True,
        minimum=0.0,
        maximum=1.0,
        values=("0", "1"),
    )
