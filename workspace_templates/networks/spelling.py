"""Texts as pieces, and which words of what they became belong to which piece."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

START = "<"
END = ">"
"""The pieces before and behind all others."""
LETTERS = r"[^\W\d_]+"
MOST_WORDS = 5
"""Words that one piece may become."""
LONGEST = 900
"""Pieces times words: longer texts take no part in learning how pieces and words pair."""
ROUNDS = 5
AT_FIRST = (0.4, 0.5, 0.2, 0.1, 0.05, 0.02)
"""How likely a piece becomes none, one, two words and so on, before anything is learned."""
UNSEEN = 1e-6
Chances = dict[tuple[str, ...], dict[str, float]]


def sign_of(character: str) -> str:
    """Give 0 for a digit; for a letter the first of its script's name, in its case; else itself."""
    if character.isdigit():
        return "0"
    if not character.isalpha():
        return character
    script = unicodedata.name(character, "?")[0]
    return script.upper() if character.isupper() else script.lower()


def outline_of(text: str) -> str:
    """Tell what a text looks like, however long its words and numbers are."""
    return re.sub(r"(.)\1+", r"\1", "".join(map(sign_of, text)), flags=re.S)


def usual_words(pairs: Iterable[tuple[str, str]], least: int) -> frozenset[str]:
    """Find the words that stand in so many texts, and are not spelled out in what these became."""
    counts: Counter[str] = Counter()
    spelled: Counter[str] = Counter()
    for source, text in pairs:
        for word in set(re.findall(LETTERS, source.lower())):
            counts[word] += 1
            spelled[word] += len(word) > 2 and " ".join(word) in text
    often = (word for word, count in counts.items() if count >= least)
    return frozenset(word for word in often if 2 * spelled[word] < counts[word])


def pieces_of(text: str, words: frozenset[str]) -> list[str]:
    """Part a text, in lower case, into usual words and single characters, between two marks."""
    found = [START]
    for run in re.findall(rf"{LETTERS}|.", text.lower(), re.S):
        found += [run] if run in words else list(run)
    return [*found, END]


def places_of(pieces: Sequence[str]) -> list[Sequence[tuple[str, ...]]]:
    """Tell of each piece what it is, how many digits follow, and what stands before."""
    found: list[Sequence[tuple[str, ...]]] = []
    for place, piece in enumerate(pieces):
        later = digits_from(pieces, place + 1, 1) if piece.isdigit() else 0
        before = pieces[place - 1] if place else ""
        found.append(((piece,), (piece, str(later)), (piece, str(later), before)))
    return found


def digits_from(pieces: Sequence[str], place: int, step: int) -> int:
    """Count the digits in a row from a place on, forwards or backwards."""
    count = 0
    while 0 <= place < len(pieces) and pieces[place].isdigit():
        count, place = count + 1, place + step
    return count


class Pairing:
    """How likely each piece becomes which words, learned from pieces and words of whole texts.

    Words stand in the order of the pieces that they belong to, none or several for each. All ways
    to deal them out count by their chances, which come of it again (expectation maximisation).
    """

    def __init__(self, pairs: Sequence[tuple[list[str], list[str]]]) -> None:
        self.chances: Chances = {}
        short = [pair for pair in pairs if len(pair[0]) * len(pair[1]) <= LONGEST]
        for _ in range(ROUNDS):
            counts: Chances = defaultdict(lambda: defaultdict(float))
            for pieces, words in short:
                self.count(pieces, words, counts)
            self.chances = {}
            for place, told in counts.items():
                total = sum(told.values()) + 0.5
                self.chances[place] = {words: count / total for words, count in told.items()}

    def chance(self, place: Sequence[tuple[str, ...]], words: str, size: int) -> float:
        """Give the chance of words, by what the piece is and by where it stands."""
        if not self.chances:
            return AT_FIRST[size]
        shares = (self.chances.get(key, {}).get(words, 0.0) for key in place)
        return sum(w * share for w, share in zip((0.2, 0.3, 0.5), shares, strict=True)) + UNSEEN

    def steps(self, pieces: list[str], words: list[str]) -> list[dict[tuple[int, int], float]]:
        """Give for each piece the chance of the words from one place up to another."""
        texts = {
            (a, b): " ".join(words[a:b])
            for a in range(len(words) + 1)
            for b in range(a, min(a + MOST_WORDS, len(words)) + 1)
        }
        return [
            {(a, b): self.chance(place, text, b - a) for (a, b), text in texts.items()}
            for place in places_of(pieces)
        ]

    def count(self, pieces: list[str], words: list[str], counts: Chances) -> None:
        """Add how often each piece may be expected to become which words."""
        steps, places = self.steps(pieces, words), places_of(pieces)
        forward: list[dict[int, float]] = [{0: 1.0}]
        for chances in steps:
            reached: dict[int, float] = defaultdict(float)
            for (a, b), chance in chances.items():
                reached[b] += forward[-1].get(a, 0.0) * chance
            forward.append(reached)
        total, after = forward[-1].get(len(words), 0.0), {len(words): 1.0}
        if total <= 0:
            return
        for number in reversed(range(len(pieces))):
            before: dict[int, float] = defaultdict(float)
            for (a, b), chance in steps[number].items():
                way = chance * after.get(b, 0.0)
                before[a] += way
                share = forward[number].get(a, 0.0) * way / total
                if share > UNSEEN:
                    for place in places[number]:
                        counts[place][" ".join(words[a:b])] += share
            after = before

    def dealt(self, pieces: list[str], words: list[str]) -> list[str] | None:
        """Deal the words to the pieces in the likeliest way; None where there are too many."""
        reached: dict[int, tuple[float, tuple[int, ...]]] = {0: (1.0, (0,))}
        for chances in self.steps(pieces, words):
            further: dict[int, tuple[float, tuple[int, ...]]] = {}
            for (a, b), chance in chances.items():
                if a in reached and reached[a][0] * chance > further.get(b, (0.0, ()))[0]:
                    further[b] = (reached[a][0] * chance, (*reached[a][1], b))
            reached = further
        if len(words) not in reached:
            return None
        return [" ".join(words[a:b]) for a, b in pairwise(reached[len(words)][1])]
