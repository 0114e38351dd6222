"""The labels of a target in the order of raw predictions; of two, which one is asked for."""

from __future__ import annotations

import re

from iiml_codegen.domain.inventory import ColumnInfo
from iiml_codegen.domain.task import Guess, TaskKind
from iiml_codegen.errors import CompetitionError

YES = frozenset({"1", "1.0", "true", "yes", "y", "t", "positive", "pos"})
NO = frozenset({"0", "0.0", "-1", "false", "no", "n", "f", "negative", "neg", "none"})
ARTICLES = r"(?:an? |the |it |is |of |being )*"
ASKED = rf"(?:probability|likelihood|chance|how likely)\b[^.]{{0,60}}?\b{ARTICLES}"


def class_labels(
    column: ColumnInfo, kind: TaskKind, description: str
) -> tuple[tuple[str, ...], tuple[Guess, ...]]:
    """Labels, numbers by size and words by alphabet; of two words the one asked for comes second.

    Raises CompetitionError when there are more labels than the inventory lists.
    """
    if kind not in ("binary", "multiclass", "ordinal"):
        return (), ()
    if len(column.values) != column.distinct:
        raise CompetitionError(
            f"target {column.name} has {column.distinct} different labels, too many for classes",
            hint="is it a number to predict? choose a regression metric with --metric",
        )
    if column.dtype in ("int", "float"):
        return tuple(sorted(column.values, key=float)), ()
    labels = tuple(sorted(column.values))
    return positive_last(labels, description) if kind == "binary" else (labels, ())


def positive_last(
    labels: tuple[str, ...], description: str
) -> tuple[tuple[str, ...], tuple[Guess, ...]]:
    """Yes after no; else the label whose probability the description asks for; else a guess."""
    first, second = (label.strip().lower() for label in labels)
    if first in NO or second in YES:
        return labels, ()
    if first in YES or second in NO:
        return labels[::-1], ()
    text = description.lower()
    asked = [label for label in labels if re.search(ASKED + re.escape(label.lower()), text)]
    if len(asked) != 1:
        asked = [label for label in labels if re.search(means_one(label.lower()), text)]
    if len(asked) == 1:
        return tuple(sorted(labels, key=lambda label: label == asked[0])), ()
    why = "no text says whose probability is asked for; the last label by alphabet is usual"
    return labels, (Guess(what="positive label", value=labels[-1], why=why),)


def means_one(label: str) -> str:
    """`1 for a dog`, `1 = dog`, `dog is 1`."""
    word = re.escape(label)
    before = rf"\b1\s*(?:=|:|for|means|is|if)\s*{ARTICLES}{word}"
    return rf"{before}|\b{word}s?\s*(?:=|:|is|are)\s*1\b"
