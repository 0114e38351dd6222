"""What texts became: counted by text, and by its neighbours where one text became several."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator

import pandas as pd

from workspace_templates.networks.spelling import outline_of

Row = tuple[str, str, str]
"""A text, the one before and the one after."""
Table = dict[Hashable, tuple[str, float]]
"""For each context what mostly becomes of it, and how sure that is."""


def rows_of(X: pd.DataFrame) -> list[Row]:
    """Take each text with its neighbours; these are empty where rows stand alone."""
    alone = pd.Series("", index=X.index)
    beside = (X.get(name, alone) for name in ("previous", "following"))
    return list(zip(X["source"], *beside, strict=True))


def contexts_of(row: Row) -> Iterator[Hashable]:
    """Give what a text's meaning may hang on: itself, and what stands beside it."""
    source, previous, following = row
    yield source
    yield source, "after", previous
    yield source, "before", following
    yield source, "between", previous, following
    yield source, "between outlines", outline_of(previous), outline_of(following)


def surest(told: Iterable[tuple[Hashable, str]]) -> Table:
    """Find what each context mostly becomes; its share tells how sure that is, less so of few."""
    counts: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for context, text in told:
        counts[context][text] += 1
    table: Table = {}
    for context, counted in counts.items():
        text, most = counted.most_common(1)[0]
        table[context] = (text, most / (sum(counted.values()) + 0.5))
    return table


def known_texts(rows: list[Row], texts: Iterable[str]) -> Table:
    """Count what each text became; by context only where it became more than one."""
    pairs = list(zip(rows, texts, strict=True))
    first = {row[0]: text for row, text in pairs}
    several = {row[0] for row, text in pairs if text != first[row[0]]}
    return surest(
        (context, text)
        for row, text in pairs
        for context in (contexts_of(row) if row[0] in several else row[:1])
    )


def known_text(table: Table, row: Row) -> str | None:
    """Answer by the context that is surest; None for a text that is new."""
    if row[0] not in table:
        return None
    found = [table[context] for context in contexts_of(row) if context in table]
    return max(found, key=lambda told: told[1])[0]
