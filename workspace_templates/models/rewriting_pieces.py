"""What each text became; a new one is spelled as its pieces were spelled in others.

View: sources
"""

import warnings
from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier

from workspace_templates.networks.rewriting import (
    Row,
    Table,
    known_text,
    known_texts,
    rows_of,
    surest,
)
from workspace_templates.networks.spelling import (
    Pairing,
    digits_from,
    outline_of,
    pieces_of,
    usual_words,
)

MOST_PAIRS = 4_000
MOST_ROWS_EACH = 5
FEWEST_TEXTS = 3
TREES = 30
CHANGED = "changed"


@dataclass
class Model:
    """What each text became, which looks change, and what each piece becomes, by its place.

    `codes` number the words that trees look at; a piece that always becomes the same has no trees.
    """

    known: Table
    looks: Table
    words: frozenset[str]
    codes: dict[str, dict[str, int]]
    trees: dict[str, ExtraTreesClassifier | str]


def fit(X: pd.DataFrame, y: np.ndarray) -> Model:
    """Count what texts became, and learn what became of their pieces."""
    # [M:rewriting_pieces] Known texts by a table; pieces of new ones by trees, one after the other
    rows = rows_of(X)
    known = known_texts(rows, y)
    looks = surest(
        (look, CHANGED if known[source][0] != source else "")
        for source in dict.fromkeys(row[0] for row in rows)
        for look in looks_of(source)
    )
    # [T:rewriting_pieces] Pair pieces and words by expectation maximisation, then grow trees
    told: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row, text in zip(rows, y, strict=True):
        if text != row[0]:
            told[row[0], text].append(row)
    pairs = list(told)
    some = np.random.default_rng(0).permutation(len(pairs))[:MOST_PAIRS]
    pairs = [pairs[place] for place in np.sort(some)]
    words = usual_words(pairs, FEWEST_TEXTS)
    model = Model(known, looks, words, defaultdict(dict), {})
    cut = [(pieces_of(source, words), text.split()) for source, text in pairs]
    pairing = Pairing(cut)
    seen: dict[str, tuple[list[list[int]], list[str]]] = defaultdict(lambda: ([], []))
    for pair, (pieces, parts) in zip(pairs, cut, strict=True):
        dealt = pairing.dealt(pieces, parts) or []
        for row in told[pair][:MOST_ROWS_EACH]:
            for place, phrase in enumerate(dealt):
                seen[pieces[place]][0].append(traits_of(model, row, pieces, place, dealt[:place]))
                seen[pieces[place]][1].append(phrase)
    warnings.filterwarnings("ignore", message="The number of unique classes")
    for piece, (traits, phrases) in seen.items():
        trees = ExtraTreesClassifier(TREES, max_features=0.5, random_state=0)
        several = len(set(phrases)) > 1
        model.trees[piece] = trees.fit(np.array(traits), phrases) if several else phrases[0]
    return model


def looks_of(text: str) -> Iterator[Hashable]:
    """Give what a text looks like, from its outline to the signs in it."""
    yield outline_of(text)
    yield frozenset(outline_of(text))


def traits_of(
    model: Model, row: Row, pieces: list[str], place: int, said: list[str], *, learn: bool = True
) -> list[int]:
    """Describe a piece in its text by numbers: digits and pieces around it, what was said so far.

    With `learn`, words that were never seen get a code of their own, else -1.
    """

    def code(name: str, word: str) -> int:
        known = model.codes[name]
        return known.setdefault(word, len(known)) if learn else known.get(word, -1)

    def piece(at: int) -> str:
        return pieces[at] if 0 <= at < len(pieces) else ""

    source, previous, following = row
    later, earlier = digits_from(pieces, place + 1, 1), digits_from(pieces, place - 1, -1)
    around = [place - 2, place - 1, place + 1, place + 2, place + later + 1, place - earlier - 1]
    numbers = sum(p.isdigit() < q.isdigit() for p, q in pairwise(pieces[:place]))
    spoken = [phrase for phrase in said if phrase]
    return [
        *(place, len(pieces), later, earlier, numbers),
        *(piece(place + 1) == "0", piece(place + 1) == piece(place + 2) == "0"),
        *(code("pieces", piece(at)) for at in (*around, 1, len(pieces) - 2)),
        *(int(mark in source) for mark in "-.,:"),
        code("outlines", outline_of(source)),
        code("phrases", said[-1] if said else ""),
        code("phrases", spoken[-1] if spoken else ""),
        *(code("texts", previous), code("texts", following)),
        *(code("ends", previous[-2:]), code("ends", following[-2:])),
    ]


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Look each text up; spell a new one if texts that look like it were changed."""
    rows = rows_of(X)
    answers = [known_text(model.known, row) for row in rows]
    new = [place for place, text in enumerate(answers) if text is None]
    spelled = spell(model, [rows[place] for place in new if changes(model, rows[place][0])])
    said = iter(spelled)
    for place in new:
        source = rows[place][0]
        answers[place] = (next(said) or source) if changes(model, source) else source
    return np.array(answers, dtype=object)


def changes(model: Model, text: str) -> bool:
    """Tell whether texts of such a look were mostly changed; of a new one, if it has digits."""
    found = [model.looks[look] for look in looks_of(text) if look in model.looks]
    if not found:
        return any(map(str.isdigit, text))
    return max(found, key=lambda told: told[1])[0] == CHANGED


def spell(model: Model, rows: list[Row]) -> list[str]:
    """Spell texts piece by piece, all of them side by side."""
    cut = [pieces_of(row[0], model.words) for row in rows]
    said: list[list[str]] = [[] for _ in rows]
    for place in range(max(map(len, cut), default=0)):
        alike: dict[str, list[int]] = defaultdict(list)
        for number, pieces in enumerate(cut):
            if place < len(pieces):
                alike[pieces[place]].append(number)
        for piece, numbers in alike.items():
            trees = model.trees.get(piece, piece if piece.isalnum() else "")
            if isinstance(trees, str):
                phrases = [trees] * len(numbers)
            else:
                traits = [
                    traits_of(model, rows[n], cut[n], place, said[n], learn=False) for n in numbers
                ]
                phrases = trees.predict(np.array(traits)).tolist()
            for number, phrase in zip(numbers, phrases, strict=True):
                said[number].append(phrase)
    return [" ".join(phrase for phrase in phrases if phrase) for phrases in said]
