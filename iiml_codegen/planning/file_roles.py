"""Rows that are files: labels in file names, in folders, or in a partner beside each file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo, FileGroup, Inventory, NameLabel, TableInfo
from iiml_codegen.domain.layout import FILE_COLUMN, FileRows, Layout, LayoutKind, MediaFiles
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.table_roles import TEST_WORDS, TRAIN_WORDS, Sources

IdFrom = Literal["name", "stem", "path"]
MOST_CLASSES = 500
PLACES: dict[LayoutKind, str] = {
    "file_names": "part of each file's name",
    "class_folders": "the folder of each file",
    "paired_files": "in the partner of each file",
}


@dataclass(frozen=True)
class Labelled:
    """How training files tell their labels; `columns` are what they tell."""

    rows: FileRows
    kind: LayoutKind
    columns: tuple[ColumnInfo, ...]
    why: str


def rows_from_files(inventory: Inventory, sample: TableInfo | None) -> Sources | None:
    """Read train and test off two groups of files; None where no group tells labels."""
    train, test = group_called(inventory, TRAIN_WORDS), group_called(inventory, TEST_WORDS)
    if train is None or test is None or train is test:
        return None
    id_column, id_from = named_by_sample(inventory, sample, test)
    labelled = labels_of(inventory, train, test, named_rows(train, id_column, id_from), sample)
    if labelled is None:
        return None
    media = MediaFiles(kind=train.kind, column=FILE_COLUMN, train="{}", test="{}")
    return Sources(
        train=as_table(train, id_column, labelled.columns),
        test=as_table(test, id_column),
        sample=sample,
        layout=Layout(
            kind=labelled.kind,
            train_files=labelled.rows,
            test_files=named_rows(test, id_column, id_from),
            media=(media,),
        ),
        guesses=(Guess(what="label", value=PLACES[labelled.kind], why=labelled.why),),
    )


def group_called(inventory: Inventory, words: tuple[str, ...]) -> FileGroup | None:
    """The largest group of media below a folder of such a name."""
    groups = [g for g in inventory.groups if any(w in g.folder.lower() for w in words)]
    groups = [g for g in groups if g.kind != "other"]
    return max(groups, key=lambda group: (group.kind != "text", group.files), default=None)


def named_by_sample(
    inventory: Inventory, sample: TableInfo | None, test: FileGroup
) -> tuple[str, IdFrom]:
    """The column that names test files, and whether by `name`, `stem` or `path`."""
    for match in inventory.matches:
        if sample is None or match.table != sample.file or not match.path.startswith(test.folder):
            continue
        if match.path == f"{test.folder}/{{}}":
            nested = any("/" in e.removeprefix(f"{test.folder}/") for e in test.examples)
            return match.column, "path" if nested else "name"
        return match.column, "stem"
    return (sample.names()[0] if sample else "id"), "stem"


def answer_column(sample: TableInfo | None) -> str:
    """What the target is called: the sample's answer, or `label` where classes have columns."""
    answers = sample.names()[1:] if sample else ()
    return answers[0] if len(answers) == 1 else "label"


def named_rows(group: FileGroup, id_column: str, id_from: IdFrom) -> FileRows:
    """The files of a group as rows, without labels."""
    return FileRows(
        folder=group.folder, suffixes=group.suffixes, id_column=id_column, id_from=id_from
    )


def labels_of(
    inventory: Inventory,
    train: FileGroup,
    test: FileGroup,
    rows: FileRows,
    sample: TableInfo | None,
) -> Labelled | None:
    """Labels from folders, from partners, or from names, whichever the files show."""
    target = answer_column(sample)
    if train.classes and not set(train.classes) <= set(test.classes):
        why = f"{train.folder} has a folder for each label"
        column = label_column(target, tuple(train.classes))
        return Labelled(replace(rows, label_from="folder"), "class_folders", (column,), why)
    partner = partner_of(inventory, train)
    if partner:
        path = partner.path.replace("{}", "{stem}")
        why = f"each file of {train.folder} has a partner such as {partner.examples[0]}"
        told = replace(rows, label_from="partner", partner=path)
        return Labelled(told, "paired_files", partner_columns(partner, target), why)
    named = label_in_names(train, test)
    if named is None:
        return None
    why = f"part of the names in {train.folder} repeats, and names in {test.folder} lack it"
    told = replace(rows, label_from="name", label_pattern=named.pattern)
    return Labelled(told, "file_names", (label_column(target, tuple(named.counts)),), why)


def partner_columns(partner: FileGroup, target: str) -> tuple[ColumnInfo, ...]:
    """What partners tell; a text without names is the target itself."""
    if [field.name for field in partner.fields] == ["text"]:
        return (replace(partner.fields[0], name=target),)
    return partner.fields


def partner_of(inventory: Inventory, train: FileGroup) -> FileGroup | None:
    """Files with the names of the training files that say something short about each."""
    partners = (g for g in inventory.groups if g.partner_of == train.path and g.fields)
    return next(partners, None)


def label_in_names(train: FileGroup, test: FileGroup) -> NameLabel | None:
    """The part of the names that only training files have; words come before numbers."""
    absent = [one for one in train.labels if not told_by(test, one)]
    usable = [one for one in absent if len(one.counts) <= min(MOST_CLASSES, train.files // 3)]
    return min(usable, key=lambda one: (is_numeric(one), len(one.counts)), default=None)


def told_by(group: FileGroup, label: NameLabel) -> bool:
    """True if the test's names show the same part with the same values."""
    return any(set(one.counts) & set(label.counts) for one in group.labels)


def is_numeric(label: NameLabel) -> bool:
    """True if all values are numbers."""
    return all(re.fullmatch(r"\d+", value) for value in label.counts)


def as_table(group: FileGroup, id_column: str, labels: tuple[ColumnInfo, ...] = ()) -> TableInfo:
    """A group seen as a table: the file, its id, and in train what is told about it."""
    columns = (names_files(id_column, group), names_files(FILE_COLUMN, group), *labels)
    return TableInfo(file=group.folder, rows=group.files, columns=columns)


def label_column(name: str, labels: tuple[str, ...]) -> ColumnInfo:
    """A column that holds one of a few labels."""
    whole = all(re.fullmatch(r"-?\d+", label) for label in labels)
    return ColumnInfo(
        name=name,
        dtype="int" if whole else "string",
        distinct=len(labels),
        missing=0,
        unique=False,
        integral=whole,
        minimum=float(min(map(int, labels))) if whole else None,
        maximum=float(max(map(int, labels))) if whole else None,
        mean_characters=sum(map(len, labels)) / max(len(labels), 1),
        values=tuple(sorted(labels, key=int) if whole else sorted(labels)),
    )


def names_files(name: str, group: FileGroup) -> ColumnInfo:
    """A column that names each file."""
    return ColumnInfo(
        name=name,
        dtype="string",
        distinct=group.files,
        missing=0,
        unique=True,
        integral=False,
        mean_characters=10.0,
        examples=group.examples,
    )
