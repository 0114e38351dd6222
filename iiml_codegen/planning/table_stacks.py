"""Several training tables of the same columns, read as one: `train_curated`, `train_noisy`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from msgspec.structs import replace

from iiml_codegen.domain.inventory import Inventory, Stack, TableInfo
from iiml_codegen.domain.layout import TABLE_COLUMN, MediaFiles
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.media_roles import NEARLY_ALL
from iiml_codegen.planning.plan_words import enumerated
from iiml_codegen.planning.table_roles import Sources

FIELD = f"{{{TABLE_COLUMN}}}"


def with_stacks(inventory: Inventory, data: list[TableInfo]) -> list[TableInfo]:
    """The tables, each stack as one under the name of its first; unlike ones stay apart."""
    for stack in stacks_among(inventory, data):
        others = stack.files[1:]
        data = [table for table in data if table.file not in others]
        data = [stack.whole if table.file == stack.files[0] else table for table in data]
    return data


def stacks_among(inventory: Inventory, data: list[TableInfo]) -> list[Stack]:
    """Stacks of tables written alike, whose files are found in the same way."""
    form_of = {table.file: table.form for table in data}
    return [
        stack
        for stack in inventory.stacks
        if set(stack.files) <= set(form_of)
        and len({form_of[file] for file in stack.files}) == 1
        and all(
            pattern_of(inventory, stack, path) is not None for path in paths(inventory, stack, 0)
        )
    ]


def stack_of(inventory: Inventory, train: TableInfo) -> Stack | None:
    """The stack that is the training table."""
    for one in inventory.stacks:
        if (one.whole.file, one.whole.rows) == (train.file, train.rows):
            return one
    return None


def paths(inventory: Inventory, stack: Stack, place: int) -> list[str]:
    """Paths by which most rows of one table have files."""
    file = stack.files[place]
    return [m.path for m in inventory.matches if m.table == file and m.share >= NEARLY_ALL]


def pattern_of(inventory: Inventory, stack: Stack, path: str) -> str | None:
    """The path of the first table's files as one for all tables, with a field for their names."""
    names = called(stack.files)
    for pattern in (path, path.replace(names[0], FIELD, 1)):
        of_all = [pattern.replace(FIELD, name) for name in names]
        if all(one in paths(inventory, stack, place) for place, one in enumerate(of_all)):
            return pattern
    return None


def called(files: Sequence[str]) -> tuple[str, ...]:
    """What tells tables apart: `curated` and `noisy` of `train_curated.csv`, `train_noisy.csv`."""
    stems = [PurePosixPath(file).name.partition(".")[0] for file in files]
    words = [re.split(r"[\W_]+", stem) for stem in stems]
    while all(len(one) > 1 for one in words) and len({one[0] for one in words}) == 1:
        words = [one[1:] for one in words]
    while all(len(one) > 1 for one in words) and len({one[-1] for one in words}) == 1:
        words = [one[:-1] for one in words]
    names = tuple("_".join(one) for one in words)
    whole = all(name in stem for name, stem in zip(names, stems, strict=True))
    return names if whole and len(set(names)) == len(names) else tuple(files)


def with_parts(found: Sources, inventory: Inventory) -> Sources:
    """The sources with the tables of which the training table is made, if it is a stack."""
    train, layout, guesses = found.train, found.layout, list(found.guesses)
    stack = stack_of(inventory, train)
    if stack is not None:
        parts = dict(zip(called(stack.files), stack.files, strict=True))
        layout = replace(layout, train_parts=parts)
        why = "they have the same columns and no row in common; all of them count, in scores too"
        guesses.append(Guess(what="training tables", value=enumerated(stack.files), why=why))
    return Sources(train, found.test, found.sample, layout, tuple(guesses))


def of_parts(
    media: tuple[MediaFiles, ...], inventory: Inventory, train: TableInfo
) -> tuple[MediaFiles, ...]:
    """Files of rows, found in the folders of all training tables."""
    stack = stack_of(inventory, train)
    if stack is None:
        return media
    return tuple(
        replace(one, train=pattern_of(inventory, stack, one.train) or one.train) for one in media
    )
