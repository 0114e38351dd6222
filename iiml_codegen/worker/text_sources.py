"""Texts that are made from other texts of their rows: which column they are made from.

Most of them repeat it as it is, with some rewritten, or each is a piece of it. Where rows are steps
of sequences, such as the words of sentences, a column counts them from step to step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from .column_facts import FEW_VALUES, is_text
from .counting import distinct_count

if TYPE_CHECKING:
    import pandas as pd

    from .plan import SourceText

Plain = dict[str, Any]
LOOKED_AT = 5_000
LEAST_SAME = 0.5
"""Share of rows that repeat their source, from which the others are rewritten from it."""
LEAST_WITHIN = 0.98
"""Share of rows whose text their source holds, from which each is a piece of it."""
FEWEST_WORDS = 3.0
"""Words that sources have on average where a piece of one is asked for."""
STEPS_LOOKED_AT = 200_000
FEWEST_STEPS = 2.0
NEARLY_ALL = 0.98


def text_sources(found: Sequence[tuple[str, pd.DataFrame]]) -> list[Plain]:
    """Plain `TextSource`s of tables by name.

    A text is asked for where another table has its column and not the source's, as a sample
    submission does, and a third the source's alone, as the test does.
    """
    made = []
    for place, (file, frame) in enumerate(found):
        others = [other for k, (_, other) in enumerate(found) if k != place]
        for column, sources, test in asked_for(list(map(str, frame.columns)), others):
            if not is_text(frame[column]) or distinct_count(frame[column]) <= FEW_VALUES:
                continue
            for source in (name for name in sources if is_text(frame[name])):
                told = made_from(frame[column], frame[source])
                if told:
                    names = {"table": file, "column": column, "source": source}
                    made.append({**names, **told, **steps_of(frame, test)})
    return made


def asked_for(
    names: Sequence[str], others: Sequence[pd.DataFrame]
) -> Iterator[tuple[str, list[str], pd.DataFrame]]:
    """Columns that may be asked for, columns that may be their sources, and a test of these.

    Columns that stand in the same tables are looked at once: there may be thousands.
    """
    known = [{str(name) for name in other.columns} for other in others]
    alike: dict[tuple[bool, ...], list[str]] = defaultdict(list)
    for name in names:
        alike[tuple(name in one for one in known)].append(name)
    for (here, columns), (there, sources) in product(alike.items(), repeat=2):
        asked = any(a and not b for a, b in zip(here, there, strict=True))
        given = [k for k, (a, b) in enumerate(zip(here, there, strict=True)) if b and not a]
        if asked and given:
            yield from ((column, sources, others[given[0]]) for column in columns)


def made_from(texts: pd.Series, sources: pd.Series) -> Plain:
    """How many texts are as their source, or a piece of it; nothing where too few are."""
    rows = np.random.default_rng(0).permutation(len(texts))[:LOOKED_AT]
    pairs = [
        (str(a), str(b))
        for a, b in zip(texts.to_numpy()[rows], sources.to_numpy()[rows], strict=True)
        if isinstance(a, str) and isinstance(b, str)
    ]
    if len(pairs) < len(rows) / 2 or not pairs:
        return {}
    same = float(np.mean([text == source for text, source in pairs]))
    within = float(np.mean([text.strip() in source for text, source in pairs]))
    words = float(np.mean([len(source.split()) for _, source in pairs]))
    piece = within >= LEAST_WITHIN and words >= FEWEST_WORDS
    told = {"same": round(same, 4), "within": round(within, 4)}
    return told if piece or same >= LEAST_SAME else {}


def steps_of(train: pd.DataFrame, test: pd.DataFrame) -> dict[str, str]:
    """Two columns of whole numbers: what names sequences, and what counts their steps in turn."""
    numbers = [
        str(name)
        for name in train.columns
        if name in test and train[name].dtype.kind in "iu" and test[name].dtype.kind in "iu"
    ]
    for sequence in numbers:
        for order in numbers:
            if sequence != order and all(counts(t, sequence, order) for t in (train, test)):
                return {"sequence": sequence, "order": order}
    return {}


def counts(table: pd.DataFrame, sequence: str, order: str) -> bool:
    """Whether rows that follow each other are steps in turn, or begin a sequence of another name.

    Few steps may be missing.
    """
    names = table[sequence].to_numpy()[:STEPS_LOOKED_AT]
    places = table[order].to_numpy()[:STEPS_LOOKED_AT]
    if len(names) < 2:
        return False
    goes_on = names[1:] == names[:-1]
    in_turn = np.where(goes_on, places[1:] == places[:-1] + 1, places[1:] <= places[:-1])
    long = len(names) >= FEWEST_STEPS * (1 + int((~goes_on).sum()))
    return bool(long and in_turn.mean() >= NEARLY_ALL and np.ptp(places) > 0)


def whole_sequences(train: pd.DataFrame, source: SourceText) -> list[Plain]:
    """The plain `Relation` of texts that stand in sequences: those of the test are others."""
    if not source.sequence:
        return []
    evidence = (
        f"each {source.sequence} names a sequence in the order of {source.order}, which is in train"
        " or in the test as a whole"
    )
    return [
        {
            "column": source.sequence,
            "kind": "group",
            "test_is": "new_groups",
            "evidence": evidence,
            "distinct": int(train[source.sequence].nunique()),
            "even": False,
        }
    ]
