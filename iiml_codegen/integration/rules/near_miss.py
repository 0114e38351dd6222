"""Names that are meant for another: a letter too much, too few, wrong, or two exchanged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SHORTEST, SHORT = 3, 4


def nearest(wrong: str, names: Sequence[str]) -> str:
    """The one name that `wrong` is meant for; empty where none is near, or two are equally."""
    if wrong in names or len(wrong) < SHORTEST:
        return ""
    plain = [name for name in names if bare(name) == bare(wrong)]
    if len(plain) == 1:
        return plain[0]
    reach = 1 if len(wrong) <= SHORT else 2
    near = sorted((distance(wrong, name, reach), name) for name in candidates(wrong, names, reach))
    near = [item for item in near if item[0] <= reach]
    if not near or (len(near) > 1 and near[0][0] == near[1][0]):
        return ""
    return near[0][1]


def bare(name: str) -> str:
    """A name without case and signs."""
    return "".join(filter(str.isalnum, name)).casefold()


def candidates(wrong: str, names: Iterable[str], reach: int) -> Iterable[str]:
    """Names of about the same length; numbers tell names apart and are never mistakes."""
    digits = [sign for sign in wrong if sign.isdigit()]
    for name in names:
        if abs(len(name) - len(wrong)) <= reach and [s for s in name if s.isdigit()] == digits:
            yield name


def distance(one: str, other: str, most: int) -> int:
    """Letters to change, add, leave out or exchange; `most` + 1 for anything beyond."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        new = [i]
        for j, sign in enumerate(other, start=1):
            cost = min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (letter != sign))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == sign:
                cost = min(cost, before[j - 2] + 1)
            new.append(cost)
        if min(new) > most:
            return most + 1
        before, row = row, new
    return row[-1]
