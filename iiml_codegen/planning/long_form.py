"""Submissions with one row per test row and target, whose ids are made of both."""

from __future__ import annotations

import re

from iiml_codegen.domain.inventory import ColumnInfo, TableInfo
from iiml_codegen.domain.task import LongForm

JOINTS = ("_", "-", ":", "|", "/", ".", " ", "__")
FACTORS = (10, 100, 1_000, 10_000)


def long_form(
    sample: TableInfo, test: TableInfo, names: tuple[str, ...], id_column: ColumnInfo | None
) -> LongForm | None:
    """The rule by which the sample's ids name a test row and one of `names`; None if there is none.

    `names` are targets or class labels; ids may also count them, from 0 or from 1.
    """
    if len(sample.columns) != 2 or id_column is None or len(names) < 2:
        return None
    if sample.rows != len(names) * test.rows:
        return None
    shown, ids = sample.columns[0].examples, id_column.examples
    return joint_form(shown, ids, names) or number_form(shown, ids, names)


def joint_form(
    shown: tuple[str, ...], ids: tuple[str, ...], names: tuple[str, ...]
) -> LongForm | None:
    """`17_rust`, `rust_17`, `17-0`: the parts are a known id and a known target."""
    for joint in JOINTS:
        for template in (f"{{id}}{joint}{{target}}", f"{{target}}{joint}{{id}}"):
            parts = [taken_apart(text, joint, template) for text in shown]
            told = [part[1] for part in parts if part]
            spelled = spelling(told, names)
            known = [part is not None and part[0] in ids for part in parts]
            if spelled and len(told) == len(shown) and known[0]:
                by_target = len(set(told)) == 1 and len(shown) > 1
                return LongForm(template=template, names=spelled, by_target=by_target)
    return None


def taken_apart(text: str, joint: str, template: str) -> tuple[str, str] | None:
    """Id and target of one id of the sample."""
    if joint not in text:
        return None
    if template.startswith("{id}"):
        row, _, target = text.rpartition(joint)
        return row, target
    target, _, row = text.partition(joint)
    return row, target


def spelling(told: list[str], names: tuple[str, ...]) -> tuple[str, ...]:
    """How ids spell each target: by its name, or by its place from 0 or 1; () if they do not."""
    if not told:
        return ()
    plain = {normal(name): name for name in names}
    if all(normal(one) in plain for one in told):
        return names
    for first in (0, 1):
        places = tuple(str(first + place) for place in range(len(names)))
        if all(one in places for one in told) and (told[0] == str(first)):
            return places
    return ()


def normal(name: str) -> str:
    """Lower case, without marks."""
    return re.sub(r"[\W_]+", "", name.lower())


def number_form(
    shown: tuple[str, ...], ids: tuple[str, ...], names: tuple[str, ...]
) -> LongForm | None:
    """`1700` for the first target of row 17: an id times a power of ten, plus a count."""
    if not all(text.isdigit() for text in (*shown, *ids)) or not shown or not ids:
        return None
    for factor in FACTORS:
        for first in (0, 1):
            rows = [(int(row), first + k) for row in ids for k in range(len(names))]
            wanted = [row * factor + count for row, count in rows]
            known = [int(text) for text in shown]
            if len(names) + first <= factor and known == wanted[: len(known)]:
                places = tuple(str(first + place) for place in range(len(names)))
                return LongForm(template="", factor=factor, names=places)
    return None
