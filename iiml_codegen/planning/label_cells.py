"""Several labels in one cell, such as `comedy crime`: each label becomes a target of its own."""

from __future__ import annotations

from dataclasses import replace as changed

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo
from iiml_codegen.domain.layout import LabelCell
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.table_roles import Sources
from iiml_codegen.planning.targets import Targets

HIDDEN = "?"
"""A cell in place of labels that are not told."""
NAMED = {" ": "spaces", ",": "commas", ";": "semicolons", "|": "bars"}


def labels_apart(found: Sources, targets: Targets) -> tuple[Sources, Targets]:
    """Sources and targets with a target for each label; as they are where cells hold one label."""
    layout = found.layout
    labelled = layout.train_files or any(one.role == "labels" for one in layout.related)
    if labelled or len(targets.names) != 1:
        return found, targets
    column = found.train.column(targets.names[0])
    of_columns = set(targets.class_columns) == set(column.labels)
    if not column.labels or not (of_columns or column.name in targets.answer_columns):
        return found, targets
    names, labels = named(column, targets)
    cell = LabelCell(
        column=column.name,
        separator=column.label_mark,
        labels=labels,
        names=names,
        hidden=HIDDEN if column.hidden else "",
    )
    flags = tuple(flag(name, column) for name in names)
    train = replace(found.train, columns=(*found.train.columns, *flags))
    marks = NAMED.get(column.label_mark, column.label_mark)
    why = f"its cells hold labels with {marks} between them, such as {longest(column)}"
    guess = Guess(what=f"targets in {column.name}", value=f"{len(names)} labels", why=why)
    told = changed(targets, names=names, class_columns={}, guesses=(*targets.guesses, guess))
    return Sources(
        train, found.test, found.sample, replace(layout, label_cell=cell), found.guesses
    ), told


def named(column: ColumnInfo, targets: Targets) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Targets with their labels: columns of the sample in its order, else called by the column."""
    if not targets.class_columns or targets.long:
        return tuple(f"{column.name}={label}" for label in column.labels), column.labels
    label_of = {answer: label for label, answer in targets.class_columns.items()}
    return targets.answer_columns, tuple(label_of[name] for name in targets.answer_columns)


def lists_labels(found: Sources, targets: Targets) -> bool:
    """Whether a cell of the answers holds any number of labels, as those of train do."""
    cell = found.layout.label_cell
    return cell is not None and cell.column in targets.answer_columns


def longest(column: ColumnInfo) -> str:
    """The example with most labels."""
    return max(column.examples, key=lambda text: text.count(column.label_mark), default="")


def flag(name: str, column: ColumnInfo) -> ColumnInfo:
    """A label as a column of yes and no."""
    return ColumnInfo(
        name=name,
        dtype="int",
        distinct=2,
        missing=column.hidden,
        unique=False,
        integral=True,
        minimum=0.0,
        maximum=1.0,
        values=("0", "1"),
    )
