"""Pictures with masks as answers: the sample asks for the run lengths of each test picture."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo, FileGroup, Inventory, TableInfo
from iiml_codegen.domain.layout import Layout, MaskRuns, PicturePairs
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.picture_roles import called, number, places
from iiml_codegen.planning.table_roles import TEST_WORDS, TRAIN_WORDS, Sources

RUN = re.compile(r"\d+ \d+(?: \d+ \d+)*|-1")
RUN_NAMES = ("rle", "encodedpixels", "mask", "segmentation")
MASK_WORDS = ("mask", "label", "truth", "gt", "annotation", "segment", "target", "answer")
NO_MASK = "-1"
ASSUMED_PIXELS = 10_000


def rows_from_masks(inventory: Inventory, sample: TableInfo | None) -> Sources | None:
    """Read train and test off pictures with masks; None where the sample asks for no masks."""
    found = mask_groups(inventory, sample)
    if found is None or sample is None:
        return None
    shown, masks, asked = found
    key, answer = sample.columns
    runs, why = runs_of(inventory, masks, answer)
    target = replace(number(answer.name, 0.0, 1.0), distinct=2, values=("0", "1"))
    pairs = PicturePairs(
        train=shown.folder,
        answers=masks.folder,
        test=asked.folder,
        suffixes=tuple(sorted({*shown.suffixes, *masks.suffixes, *asked.suffixes})),
    )
    test = TableInfo(file=pairs.test, rows=sample.rows, columns=(key, *places()))
    train = TableInfo(
        file=pairs.train,
        rows=shown.files * ASSUMED_PIXELS,
        columns=(*test.columns, target, *told_masks(inventory, answer.name)),
    )
    way = "down the columns" if runs.down else "along the lines"
    guesses = (
        Guess(
            what="answers",
            value=f"masks of whole pictures, from {pairs.answers}",
            why=f"each picture of {pairs.train} has a mask of the same name",
        ),
        Guess(what="run lengths", value=f"pixels {way}, counted from {runs.first}", why=why),
    )
    return Sources(
        train, test, sample, Layout(kind="picture_masks", pixels=pairs, masks=runs), guesses
    )


def mask_groups(
    inventory: Inventory, sample: TableInfo | None
) -> tuple[FileGroup, FileGroup, FileGroup] | None:
    """Training pictures, their masks and the test pictures, if the sample asks for masks."""
    if sample is None or len(sample.columns) != 2 or not asks_for_masks(sample.columns[1]):
        return None
    pictures = [group for group in inventory.groups if group.kind == "image" and not group.classes]
    tests = [group for group in pictures if called(group, TEST_WORDS)]
    asked = next((group for group in tests if names(group, sample)), None)
    if asked is None:
        return None
    masks = [group for group in pictures if called(group, MASK_WORDS) and group not in tests]
    for group in masks:
        for other in pictures:
            if other not in (group, asked) and called(other, TRAIN_WORDS) and same(group, other):
                return other, group, asked
    return None


def asks_for_masks(answer: ColumnInfo) -> bool:
    """Run lengths by the column's name, or by its cells."""
    name = re.sub(r"[\W_]+", "", answer.name.lower())
    cells = answer.examples
    shown = bool(cells) and all(RUN.fullmatch(cell.strip()) for cell in cells)
    return (name.endswith(RUN_NAMES) and (shown or not cells)) or (shown and answer.distinct > 1)


def names(group: FileGroup, sample: TableInfo) -> bool:
    """True if the sample has a row for each picture, called by its stem."""
    written = {PurePosixPath(one).suffix.lower() for one in sample.columns[0].examples}
    if written & set(group.suffixes):
        return False
    stems = {PurePosixPath(path).stem for path in group.examples}
    ids = set(sample.columns[0].values) or set(sample.columns[0].examples)
    known = bool(stems & ids) or not sample.columns[0].values
    return known and sample.rows == group.files


def same(group: FileGroup, other: FileGroup) -> bool:
    """Two folders of pictures with the same names, suffixes aside, neither inside the other."""
    homes = [PurePosixPath(one.folder) for one in (group, other)]
    if homes[0] in homes[1].parents or homes[1] in homes[0].parents:
        return False
    stems = [[PurePosixPath(path).stem for path in one.examples] for one in (group, other)]
    return group.files == other.files and stems[0] == stems[1]


def told_masks(inventory: Inventory, answer: str) -> tuple[ColumnInfo, ...]:
    """Columns of tables that say the same as masks: no test row has them."""
    listed = dict.fromkeys(one.column for one in inventory.masks)
    return tuple(number(name, 0.0, 1.0) for name in listed if name != answer)


def runs_of(inventory: Inventory, masks: FileGroup, answer: ColumnInfo) -> tuple[MaskRuns, str]:
    """How cells are written, and what shows it."""
    tables = {table.file: table for table in inventory.tables}
    for told in inventory.masks:
        if told.path == masks.path:
            cells = tables[told.table].column(told.column)
            said = f"{told.column} of {told.table} says what {masks.folder} shows"
            return MaskRuns(
                down=told.down, first=told.first, none=none_of(cells, answer)
            ), f"counted so, {said}"
    why = "no table says the same as a mask; this is usual"
    return MaskRuns(none=none_of(answer)), why


def none_of(*columns: ColumnInfo) -> str:
    """What is written for a picture without a mask."""
    shown = any(NO_MASK in (*column.values, *column.examples) for column in columns)
    return NO_MASK if shown else ""
