"""Targets as people write them: spellings brought together, and what cannot be learned refused."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo
from iiml_codegen.domain.task import Guess
from iiml_codegen.errors import CompetitionError, UnsupportedTaskError
from iiml_codegen.planning.table_roles import Sources

FEWEST_ROWS = 10
OWN_LABELS = 0.5
"""Above this share of rows with a label of their own nothing repeats that could be learned."""
FEW_LABELS = 20
CLASS_NONE = "None"
"""What people call a class of its own; NA and null are what programs write for gaps."""
NOTHING = re.compile(r"none|null|n/?a", re.I)
"""Words that readers of tables take for gaps and people for labels."""


def tidied(found: Sources, name: str) -> tuple[ColumnInfo, tuple[Guess, ...]]:
    """A target's column as it is learned, and what is said of it."""
    column, called = with_class_none(found, found.train.column(name))
    column, spelled = with_one_spelling(column)
    return column, (*called, *spelled)


def with_class_none(found: Sources, column: ColumnInfo) -> tuple[ColumnInfo, tuple[Guess, ...]]:
    """A class that is called None reads as missing: it is one where no cell is empty.

    So is NA where the sample submission answers with it. Labels in a table of their own are not
    looked at, as rows that it lacks read in the same way.
    """
    labels_apart = any(related.role == "labels" for related in found.layout.related)
    words = list(column.gap_words)
    if column.dtype != "string" or len(words) != 1 or labels_apart or found.layout.train_files:
        return column, ()
    word, rows = words[0], column.gap_words[words[0]]
    answers = found.sample.columns if found.sample else ()
    meant = word == CLASS_NONE or any(word in answer.gap_words for answer in answers)
    if rows < column.missing or not meant or not NOTHING.fullmatch(word):
        return column, ()
    why = f"{column.name} is the word {word} in {rows:,} rows and empty in none"
    values = tuple(sorted((*column.values, word))) if column.values else ()
    named = replace(column, values=values, distinct=column.distinct + 1, missing=0, gap_words={})
    return named, (Guess(what="labels", value=f"{word} is one", why=why),)


def gap_label(classes: Sequence[str]) -> str | None:
    """The class whose name readers of tables take for a gap, if there is one."""
    return next((label for label in classes if NOTHING.fullmatch(label)), None)


def with_one_spelling(column: ColumnInfo) -> tuple[ColumnInfo, tuple[Guess, ...]]:
    """Labels that differ in spaces around them are one; the column knows each once."""
    if column.dtype != "string" or len(column.values) != column.distinct:
        return column, ()
    same = spellings(column.values, str.strip)
    if len(same) == column.distinct:
        return column, ()
    values = tuple(text if text in known else known[0] for text, known in same.items())
    why = f"spaces around labels of {column.name} say nothing: {shown(same)}"
    guess = Guess(what="labels", value=f"{len(same)} of {column.distinct} spellings", why=why)
    return replace(column, values=values, distinct=len(values)), (guess,)


def spellings(values: tuple[str, ...], plain: object) -> dict[str, list[str]]:
    """The values behind each plain form, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for value in values:
        found[plain(value)].append(value)  # type: ignore[operator]
    return dict(found)


def shown(same: dict[str, list[str]]) -> str:
    """The first label that is spelled in several ways."""
    several = next(known for known in same.values() if len(known) > 1)
    return " and ".join(repr(one) for one in several[:3])


def refuse_unanswerable(found: Sources, columns: tuple[ColumnInfo, ...]) -> None:
    """Refuse targets that nothing can be learned from; raises CompetitionError."""
    for column in columns:
        refuse_word_for_gap(found, column)
        refuse_few(found, column)
        refuse_infinite(found, column)
        if column.dtype == "string":
            refuse_moments(found, column)
            refuse_own_labels(found, column)
            refuse_cases(found, column)


def refuse_word_for_gap(found: Sources, column: ColumnInfo) -> None:
    """One word such as None in a target of words: a class, or rows without a label?"""
    words = list(column.gap_words)
    if column.dtype == "string" and len(words) == 1 and NOTHING.fullmatch(words[0]):
        rows = column.gap_words[words[0]]
        raise CompetitionError(
            f"{column.name} of {found.train.file} holds the word {words[0]} in"
            f" {'1 row' if rows == 1 else f'{rows:,} rows'}, which reads as a missing value",
            hint=f"if it is a label, call it otherwise in train, such as no_{column.name}, and back"
            " in the submission; if these rows have no label, leave their cells empty",
        )


def refuse_few(found: Sources, column: ColumnInfo) -> None:
    """A target with one value or none teaches nothing, nor do a handful of rows."""
    train = found.train
    labelled = train.rows - column.missing
    if column.distinct < 2:
        raise CompetitionError(
            f"{column.name} of {train.file} has {column.distinct} distinct values",
            hint="a target needs at least two different values",
        )
    if labelled < FEWEST_ROWS:
        raise CompetitionError(
            f"{train.file} has {labelled} rows with a value of {column.name}",
            hint=f"at least {FEWEST_ROWS} are needed to learn from and to score on",
        )


def refuse_infinite(found: Sources, column: ColumnInfo) -> None:
    """No error can be measured against an infinite number."""
    if column.median is not None and None in (column.minimum, column.maximum):
        raise CompetitionError(
            f"{column.name} of {found.train.file} has an infinite value (inf)",
            hint="leave the cell empty where the value is not known, or take the row out",
        )


def refuse_moments(found: Sources, column: ColumnInfo) -> None:
    """A moment to be predicted is a kind of task of its own."""
    if column.first is not None:
        raise UnsupportedTaskError(
            f"{column.name} of {found.train.file} is a date or a moment"
            f" ({column.first[:10]} to {(column.last or '')[:10]}), which is not predicted yet",
            hint="give the time until then as a number, in days for example",
        )


def refuse_own_labels(found: Sources, column: ColumnInfo) -> None:
    """Labels of which most rows have their own, and numbers with something that is none."""
    train = found.train
    labelled = train.rows - column.missing
    if column.distinct <= max(FEW_LABELS, OWN_LABELS * labelled):
        return
    texts = column.values or column.examples
    strange = [text for text in texts if not is_number(text)]
    if strange and len(strange) < len(texts) / 2:
        raise CompetitionError(
            f"{column.name} of {train.file} holds numbers, but also {strange[0]!r}",
            hint="leave the cell empty where the number is not known",
        )
    raise CompetitionError(
        f"{column.name} of {train.file} has {column.distinct} different texts in {labelled} rows,"
        f" such as {texts[0]!r}: nothing repeats that could be learned",
        hint="labels must repeat; numbers are written without words, with a decimal point",
    )


def is_number(text: str) -> bool:
    """True for a plain number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def refuse_spaces(found: Sources, column: ColumnInfo) -> None:
    """Labels that cannot be told apart where several stand in one cell with spaces between them."""
    strange = next((text for text in column.values if len(text.split()) > 1), None)
    if strange is not None:
        raise UnsupportedTaskError(
            f"the answers are several labels with spaces between them, and labels of {column.name}"
            f" in {found.train.file} hold spaces, such as {strange!r}",
            hint="write labels without spaces, with an underscore for example",
        )


def refuse_cases(found: Sources, column: ColumnInfo) -> None:
    """Two labels of a word each, spelled in capitals here and there: whether they mean the same?"""
    if len(column.values) != column.distinct or column.distinct < 3:
        return
    same = spellings(column.values, lambda text: text.strip().lower())
    if len(same) == 2 and any(len(text) > 1 for text in same):
        raise CompetitionError(
            f"{column.name} of {found.train.file} spells labels in several ways: {shown(same)}",
            hint="spell each label in one way",
        )
