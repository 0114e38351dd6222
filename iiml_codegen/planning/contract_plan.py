"""The interface contract that follows from the plan: one clause per promise of prep.

Every limit is from the task, the profile, or from what the recipe of a view does: `scaled` clips at
five spreads, tf-idf rows have length one, counts and codes are not negative.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from iiml_codegen.domain.contract import Bounds, Clause, Contract, Family, ObjectKind, View
from iiml_codegen.domain.contract_words import MIB, worded
from iiml_codegen.domain.profile import DataProfile, TargetProfile
from iiml_codegen.domain.task import TaskSummary

VIEW_KINDS: dict[str, tuple[ObjectKind, str]] = {
    "features": ("frame", "numbers and categories for trees, gaps allowed"),
    "enriched": ("frame", "the features and what was chosen to explain more than they do"),
    "design": ("frame", "scaled numbers without gaps for linear models"),
    "combined": ("sparse", "words weighed by rarity beside scaled numbers"),
    "words": ("sparse", "how often each word, mark or pair of them occurs"),
    "words_tfidf": ("sparse", "words, marks and pairs of them weighed by rarity"),
    "chars": ("sparse", "character sequences weighed by rarity"),
    "characters": ("sparse", "the codes of a text's characters in reading order"),
    "word_codes": ("sparse", "the codes of a text's words in reading order"),
    "windows": ("frame", "what was in the moments before each row, oldest first, gaps allowed"),
    "shades": ("frame", "the shades of a row's picture, line by line, 0 (dark) to 255"),
    "pixels": ("frame", "place and shade of each pixel, whole pictures one after the other"),
    "texts": ("series", "all free text of a row as one clean string"),
    "text_columns": ("frame", "each free text of a row as a clean string"),
    "sources": ("frame", "the texts that answers are made from, and what stands beside them"),
    "pictures": ("series", 'the paths of a row\'s pictures, parted by "|"; "" where it has none'),
    "sounds": ("series", 'the paths of a row\'s sounds, parted by "|"; "" where it has none'),
}
OF_STRINGS = ("texts", "text_columns", "sources", "pictures", "sounds")
DENSE = ("design", "shades")
"""Views of numbers without gaps."""
MIXED: tuple[Family, ...] = ("number", "category")
SPARSE: tuple[ObjectKind, str] = ("sparse", "a sparse table of the texts")
VIEW_BOUNDS: dict[str, Bounds] = {
    "design": (-5.0, 5.0),
    "shades": (0.0, 255.0),
    "words": (0.0, None),
    "words_tfidf": (0.0, 1.0),
    "chars": (0.0, 1.0),
    "characters": (0.0, None),
    "word_codes": (0.0, None),
}
NUMBER_BYTES, SPARSE_BYTES = 8, 12
"""A number of a frame; a number of a sparse table with its place."""
PER_COLUMN = 50
"""Numbers that one column of the tables may become: a one-hot column has up to 40 levels."""
PER_CHARACTER = 8
"""Entries that one character of a text may become: sequences of two to five, and words."""
LEAST_BYTES = 512 * MIB
MOST_MIRRORED = 3
ALIKE = "features"
"""The view beside whose rows those of other frames stand."""


def plan_contract(
    task: TaskSummary, views: frozenset[str], profile: DataProfile | None = None
) -> Contract:
    """Clauses for each view's two outputs and for the target, numbered C1, C2, …"""
    listed = tuple(
        View(name=view, kind=VIEW_KINDS.get(view, SPARSE)[0], says=VIEW_KINDS.get(view, SPARSE)[1])
        for view in sorted(views)
    )
    drafts = [
        *((draft, v.says) for v in listed for draft in view_clauses(v, views, task, profile)),
        (target_clause(task, profile), "what the models learn"),
    ]
    clauses = tuple(
        worded(msgspec.structs.replace(draft, id=f"C{number}"), about)
        for number, (draft, about) in enumerate(drafts, start=1)
    )
    return Contract(views=listed, clauses=clauses)


def view_clauses(
    view: View, views: frozenset[str], task: TaskSummary, profile: DataProfile | None
) -> Iterator[Clause]:
    """What holds for the training and the test rows of one view."""
    forbidden = tuple(n for n in (*task.targets, task.id_column) if n)
    dense = view.name in DENSE
    told = families_of(view)
    for side, other in (("train", "test"), ("test", "train")):
        yield Clause(
            id="",
            output=f"{view.name}_{side}",
            says="",
            shape="features",
            kind=(view.kind,),
            rows_like="train" if side == "train" else "test",
            in_order=view.kind in ("frame", "series"),
            aligned_with=f"{ALIKE}_{side}" if dense and ALIKE in views else None,
            same_columns_as=None if view.kind == "series" else f"{view.name}_{other}",
            no_missing=dense or told != MIXED,
            numeric=dense,
            families=told,
            bounds=VIEW_BOUNDS.get(view.name),
            stays_sparse=view.kind == "sparse",
            forbidden_columns=forbidden,
            mirrors=mirrored(profile) if profile and view.name == ALIKE else (),
            max_bytes=most_bytes(view, profile) if profile else None,
        )


def families_of(view: View) -> tuple[Family, ...]:
    """What each column of a view may hold, where its kind does not tell."""
    if view.name in OF_STRINGS:
        return ("text",)
    return MIXED if view.kind == "frame" and view.name not in DENSE else ()


def mirrored(profile: DataProfile) -> tuple[str, ...]:
    """A few numbers that prep reads as they are and that tell rows apart best."""
    pixels = profile.in_pictures()
    numbers = [c for c in profile.with_role("number") if c.number_form is None]
    numbers = [c for c in numbers if c.name not in pixels]
    telling = sorted(numbers, key=lambda c: (-c.distinct, c.name))[:MOST_MIRRORED]
    return tuple(column.name for column in telling)


def most_bytes(view: View, profile: DataProfile) -> int:
    """What a view may take for all rows, so generously that only a mistake takes more."""
    texts = sum(c.text.mean_characters for c in profile.columns if c.text is not None)
    per_row = NUMBER_BYTES * PER_COLUMN * (len(profile.columns) + PER_COLUMN)
    if view.name in OF_STRINGS:
        per_row += int(PER_CHARACTER * texts)
    if view.kind == "sparse":
        per_row = per_row * SPARSE_BYTES // NUMBER_BYTES + int(
            SPARSE_BYTES * PER_CHARACTER * max(texts, 1000.0)
        )
    rows = profile.train_rows + profile.test_rows
    return max(LEAST_BYTES, -(-rows * per_row // MIB) * MIB)


def target_clause(task: TaskSummary, profile: DataProfile | None) -> Clause:
    """What holds for the target."""
    texts = task.layout.source is not None
    return Clause(
        id="",
        output="target",
        says="",
        shape="target",
        kind=("array", "series"),
        rows_like="train",
        in_order=True,
        width=len(task.targets),
        no_missing=True,
        numeric=not texts,
        families=("text",) if texts else (),
        labels=len(task.classes) or None,
        mirrors=() if texts else task.targets,
        **target_values(task, profile),
    )


def target_values(task: TaskSummary, profile: DataProfile | None) -> dict[str, Any]:
    """Yes or no for labels; for numbers the range that the training table has."""
    if task.kind == "multilabel":
        return {"bounds": (0.0, 1.0)}
    if task.classes or task.layout.source or profile is None:
        return {}
    spans = [span for target in profile.targets if (span := measured(target)) is not None]
    if not spans or len(spans) < len(task.targets):
        return {}
    return {"bounds": (min(low for low, _ in spans), max(high for _, high in spans))}


def measured(target: TargetProfile) -> tuple[float, float] | None:
    """The range of a target's numbers, if it was measured."""
    if target.minimum is None or target.maximum is None:
        return None
    return target.minimum, target.maximum
