"""Answers that no track models yet: boxes, masks, free text, pictures. They are refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iiml_codegen.domain.inventory import ColumnInfo, Inventory, TableInfo
from iiml_codegen.errors import UnsupportedTaskError
from iiml_codegen.planning.mask_roles import RUN_NAMES, mask_groups
from iiml_codegen.planning.picture_roles import picture_pairs
from iiml_codegen.planning.step_roles import steps_told
from iiml_codegen.planning.table_roles import TEST_WORDS, find_sample, named

RUNS = re.compile(r"\d+ \d+(?: \d+ \d+)+")
BOXES = re.compile(r"(?:[\w.]+ )?(?:\d\.?\d* )?-?\d+(?:\.\d+)?(?: -?\d+(?:\.\d+)?){3}.*")
PIXELS = re.compile(r"[\w\-]+_\d+_\d+")
LISTS = re.compile(r"\[\s*-?\d[^\[\]a-df-z]*,[^\[\]a-df-z]*(\]|$)")
BOX_WORDS = ("predictionstring", "bbox", "boxes", "bounding")
SENTENCE_WORDS = 4.0
NO_STEPS = "a sample that asks for each of them by id and place, as id_0 and id_1, is missing"
NO_MASKS = "a folder of mask pictures, called as the training pictures are, is missing"
WAY_OUT = "the sample submission is itself of the right form; this kind is not modelled yet"


@dataclass(frozen=True)
class Unmodelled:
    """A kind of answer, what shows it, and what would be needed."""

    kind: str
    shown_by: str
    missing: str


def refuse_unmodelled(inventory: Inventory) -> None:
    """Raise UnsupportedTaskError (IIML902) for a kind of answer that no track gives."""
    found = next(unmodelled(inventory), None)
    if found is not None:
        raise UnsupportedTaskError(
            f"the answers are {found.kind} ({found.shown_by}); {found.missing}", hint=WAY_OUT
        )


def unmodelled(inventory: Inventory) -> Iterator[Unmodelled]:
    """What the sample's cells and names, and the training tables, say about the answers."""
    sample = find_sample(inventory)
    data = [table for table in inventory.tables if table is not sample]
    test = named(data, TEST_WORDS)
    known = test.names() if test else ()
    answers = [c for c in sample.columns[1:] if c.name not in known] if sample else []
    for column in answers:
        if lists_labels(column, data, known):
            continue
        name, cells = re.sub(r"[\W_]+", "", column.name.lower()), column.examples
        place = f"column {column.name} of {sample.file if sample else ''}"
        if has_boxes(name, cells):
            yield Unmodelled("boxes", place, "a detector of objects is missing")
        elif name.endswith(RUN_NAMES) or written_as(cells, RUNS):
            if mask_groups(inventory, sample) is None:
                yield Unmodelled("run-length masks", place, NO_MASKS)
        elif target_is_list(inventory, column.name):
            if steps_told(inventory, sample) is None:
                yield Unmodelled("lists of numbers", place, NO_STEPS)
        elif not made_from_texts(inventory, column.name) and (
            is_prose(column) or target_is_prose(inventory, column.name)
        ):
            yield Unmodelled("free text", place, "a model that writes is missing")
    pairs = picture_pairs(inventory, sample)
    if sample and sample.columns and pixels(inventory, sample) and pairs is None:
        place = f"ids such as {sample.columns[0].examples[0]} in {sample.file}"
        yield Unmodelled("pixels of pictures", place, "training pictures with partners are missing")


def lists_labels(column: ColumnInfo, data: list[TableInfo], known: Sequence[str]) -> bool:
    """Cells of different labels, all of them values of one column that the test lacks."""
    cells = [cell.split() for cell in column.examples]
    told = {label for cell in cells for label in cell}
    if not told or any(len(set(cell)) < len(cell) for cell in cells):
        return False
    hidden = (one for table in data for one in table.columns if one.name not in known)
    return any(told <= set(one.values) for one in hidden)


def has_boxes(name: str, cells: tuple[str, ...]) -> bool:
    """Boxes by the column's name, or by cells with corners that are not all whole numbers."""
    if any(word in name for word in BOX_WORDS):
        return True
    return written_as(cells, BOXES) and not written_as(cells, RUNS) and not name.endswith(RUN_NAMES)


def written_as(cells: tuple[str, ...], form: re.Pattern[str]) -> bool:
    """True if most of the sample's cells have such a form."""
    return bool(cells) and sum(bool(form.fullmatch(cell)) for cell in cells) > len(cells) / 2


def is_prose(column: ColumnInfo) -> bool:
    """Sentences that differ from row to row."""
    return (
        column.dtype == "string"
        and column.mean_words >= SENTENCE_WORDS
        and column.distinct > 0.5 * max(column.distinct, 20)
        and column.first is None
    )


def target_is_prose(inventory: Inventory, name: str) -> bool:
    """A training table has sentences in the column to answer, and no table of test rows has it."""
    tables = [t for t in inventory.tables if name in t.names() and not is_sample(inventory, t)]
    return any(is_prose(table.column(name)) for table in tables) and len(tables) == 1


def made_from_texts(inventory: Inventory, name: str) -> bool:
    """The texts to answer are made from those of another column of their rows."""
    return any(one.column == name for one in inventory.sources)


def target_is_list(inventory: Inventory, name: str) -> bool:
    """Training cells of the column to answer are lists of numbers, such as one for each step."""
    tables = [t for t in inventory.tables if name in t.names() and not is_sample(inventory, t)]
    return any(written_as(table.column(name).examples, LISTS) for table in tables)


def is_sample(inventory: Inventory, table: TableInfo) -> bool:
    """True for the sample submission itself."""
    return table is find_sample(inventory)


def pixels(inventory: Inventory, sample: TableInfo) -> bool:
    """One row for each pixel of the test pictures."""
    pictures = [group for group in inventory.groups if group.kind == "image"]
    most = max((group.files for group in pictures), default=0)
    return (
        bool(pictures)
        and sample.rows > 100 * most
        and written_as(sample.columns[0].examples, PIXELS)
    )
