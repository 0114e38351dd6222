"""Pictures that become other pictures: each training picture has a partner, rows are pixels."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo, FileGroup, Inventory, TableInfo
from iiml_codegen.domain.layout import Layout, PicturePairs
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.table_roles import TEST_WORDS, TRAIN_WORDS, Sources

ANSWER_WORDS = ("clean", "target", "label", "truth", "gt", "output", "sharp", "high", "answer")
PIXEL_ID = re.compile(r"(.+)_(\d+)_(\d+)")
TO_255 = re.compile(r"\b0\s*(?:to|-|and|\.\.)\s*255\b")


def rows_from_pixels(inventory: Inventory, sample: TableInfo | None) -> Sources | None:
    """Read train and test off pictures with partners; None where the sample asks for no pixels."""
    pairs = picture_pairs(inventory, sample)
    if pairs is None or sample is None:
        return None
    key, answer = sample.columns
    test = TableInfo(file=pairs.test, rows=sample.rows, columns=(key, *places()))
    count = sum(group.files for group in inventory.groups if group.folder == pairs.train)
    each = sample.rows // max(1, sum(g.files for g in inventory.groups if g.folder == pairs.test))
    shade = replace(number(answer.name, 0.0, pairs.scale), dtype="float", integral=False)
    train = TableInfo(file=pairs.train, rows=count * each, columns=(*test.columns, shade))
    why = f"each picture of {pairs.train} has a partner of the same name in {pairs.answers}"
    guess = Guess(what="answers", value=f"shades of grey from 0 to {pairs.scale:g}", why=why)
    layout = Layout(kind="picture_pixels", pixels=pairs)
    return Sources(train, test, sample, layout, (guess,))


def picture_pairs(inventory: Inventory, sample: TableInfo | None) -> PicturePairs | None:
    """The folders of pictures, partners and test pictures, as the sample's ids speak of them."""
    if sample is None or len(sample.columns) != 2:
        return None
    told = [PIXEL_ID.fullmatch(text) for text in sample.columns[0].examples]
    groups = [group for group in inventory.groups if group.kind == "image" and not group.classes]
    test = next((g for g in groups if called(g, TEST_WORDS) and not called(g, ANSWER_WORDS)), None)
    if not told or None in told or test is None or sample.rows <= 100 * test.files:
        return None
    others = [group for group in groups if group is not test]
    for group in sorted(others, key=lambda g: (called(g, ANSWER_WORDS), len(g.folder))):
        partner = next((other for other in others if alike(group, other)), None)
        if partner is not None and called(group, TRAIN_WORDS):
            first = min(int(one.group(place)) for one in told if one for place in (2, 3))
            texts = " ".join(text.text for text in inventory.texts)
            return PicturePairs(
                train=group.folder,
                answers=partner.folder,
                test=test.folder,
                suffixes=tuple(sorted({*group.suffixes, *test.suffixes})),
                scale=255.0 if TO_255.search(texts) else 1.0,
                first=min(first, 1),
            )
    return None


def called(group: FileGroup, words: tuple[str, ...]) -> bool:
    """True if a part of the folder's name is such a word, or begins so."""
    parts = re.split(r"[\W_]+", group.folder.lower())
    return any(part.startswith(word) for part in parts for word in words)


def alike(group: FileGroup, other: FileGroup) -> bool:
    """Two folders of pictures with the same names."""
    if group is other or group.files != other.files:
        return False
    names = [[PurePosixPath(path).name for path in one.examples] for one in (group, other)]
    return names[0] == names[1]


def places() -> tuple[ColumnInfo, ...]:
    """What is known of a pixel: its picture, its place, its shade."""
    return tuple(number(name, 0.0, 1.0) for name in ("picture", "row", "column", "shade"))


def number(name: str, least: float, most: float) -> ColumnInfo:
    """A column of numbers that no table lists."""
    return ColumnInfo(
        name=name,
        dtype="int",
        distinct=256,
        missing=0,
        unique=False,
        integral=True,
        minimum=least,
        maximum=most,
    )
