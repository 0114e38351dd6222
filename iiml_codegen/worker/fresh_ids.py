"""New names for rows: ids without structure are drawn anew, so that they tell nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

PLAIN = re.compile(r"[A-Za-z0-9_.\-]+")
NUMBER = re.compile(r"0|[1-9][0-9]{0,17}")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
PARTS = re.compile(r"[_.\-]")
REPEATED_PART = 0.9
DIGITS = np.frombuffer(b"0123456789", np.uint8)
KEPT = np.frombuffer(b"_.-\0", np.uint8)


def structure(values: Sequence[str]) -> str | None:
    """What an id says beyond naming its row, in words; None if nothing.

    Dates and texts are no plain names; a part that repeats between ids (`0013_01`) is a group.
    """
    distinct = list(dict.fromkeys(values))
    if not all(PLAIN.fullmatch(value) for value in distinct):
        return "its values are not plain names"
    if all(UUID.fullmatch(value) for value in distinct):
        return None
    parts = [PARTS.split(value) for value in distinct]
    if len(parts[0]) == 1 or len({len(part) for part in parts}) > 1:
        return None
    for place in range(len(parts[0])):
        share = len({part[place] for part in parts}) / len(parts)
        if 1 / len(parts) < share < REPEATED_PART:
            return f"part {place + 1} repeats between ids"
    return None


def fresh(values: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """`count` distinct new ids that look like `values`: same range, length and alphabet."""
    if all(NUMBER.fullmatch(value) for value in values):
        return _numbers([int(value) for value in values], count, rng)
    return _names(values, count, rng)


def _numbers(values: Sequence[int], count: int, rng: np.random.Generator) -> list[str]:
    low, high = min(values), max(values)
    high = max(high, low + count - 1)
    if high - low < 50 * count:
        drawn = rng.permutation(high - low + 1)[:count] + low
        return [str(number) for number in drawn]
    found: dict[int, None] = {}
    while len(found) < count:
        found.update(dict.fromkeys(rng.integers(low, high + 1, count).tolist()))
    return [str(number) for number in list(found)[:count]]


def _names(values: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """Each new name follows the form of a randomly picked old one, character by character.

    Where the characters seen at each place allow too few names, all digits are used, then digits
    are added at the end.
    """
    forms = np.array(values, dtype=np.bytes_)
    alphabets = _alphabets(forms)
    found: dict[str, None] = {}
    longer = widened = 0
    while len(found) < count:
        before = len(found)
        picked = forms[rng.integers(0, len(forms), count - before)]
        found.update(dict.fromkeys(_drawn(picked, alphabets, longer, rng)))
        if len(found) - before < (count - before) / 20:
            alphabets, longer = [_wider(letters) for letters in alphabets], longer + widened
            widened = 1
    return list(found)


def _characters(names: npt.NDArray[np.bytes_]) -> npt.NDArray[np.uint8]:
    """Names as rows of codes, filled with zeros."""
    return names.view(np.uint8).reshape(len(names), names.dtype.itemsize)


def _alphabets(names: npt.NDArray[np.bytes_]) -> list[npt.NDArray[np.uint8]]:
    """Which characters occur at each place, joints aside."""
    codes = _characters(names)
    return [np.setdiff1d(codes[:, place], KEPT) for place in range(codes.shape[1])]


def _wider(alphabet: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """All digits where only digits were seen."""
    return DIGITS if len(alphabet) and np.isin(alphabet, DIGITS).all() else alphabet


def _drawn(
    forms: npt.NDArray[np.bytes_],
    alphabets: list[npt.NDArray[np.uint8]],
    longer: int,
    rng: np.random.Generator,
) -> list[str]:
    """One name for each form; joints and lengths stay."""
    codes = _characters(np.ascontiguousarray(forms)).copy()
    for place, alphabet in enumerate(alphabets):
        if len(alphabet):
            free = ~np.isin(codes[:, place], KEPT)
            codes[free, place] = rng.choice(alphabet, int(free.sum()))
    names = [name.decode("ascii") for name in codes.view(forms.dtype).reshape(-1)]
    if longer:
        more = rng.integers(0, 10**longer, len(names))
        names = [
            _lengthened(name, f"{new:0{longer}d}") for name, new in zip(names, more, strict=True)
        ]
    return names


def _lengthened(name: str, more: str) -> str:
    """Digits added before the ending that a file name has."""
    stem, dot, ending = name.rpartition(".")
    return stem + more + dot + ending if stem else name + more
