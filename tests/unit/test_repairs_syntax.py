"""Texts that do not parse, broken in one place each: the original is among the first patches."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from competitions.pipelines import MODEL, PREP

from iiml_codegen.integration.repairs.syntax.attempt import problem_of
from iiml_codegen.integration.repairs.syntax.search import mended

MOST = 6
Damage = Callable[[str, re.Match[str]], str]


def gone(text: str, found: re.Match[str]) -> str:
    """The text without what was found."""
    return text[: found.start()] + text[found.end() :]


def doubled(text: str, found: re.Match[str]) -> str:
    """The text with it twice."""
    return text[: found.end()] + found[0] + text[found.end() :]


def swapped(text: str, found: re.Match[str]) -> str:
    """The text with the first two letters of it exchanged."""
    word = found[0]
    return text[: found.start()] + word[1] + word[0] + word[2:] + text[found.end() :]


def deeper(text: str, found: re.Match[str]) -> str:
    """The text with a line two columns deeper."""
    return text[: found.start()] + "  " + text[found.start() :]


DAMAGES: dict[str, tuple[str, Damage]] = {
    "a bracket is not closed": (r"[)\]}]", gone),
    "a bracket is not opened": (r"(?<=\w)[(\[]", gone),
    "a bracket is closed twice": (r"\)", doubled),
    "a colon is missing": (r":(?=\n)", gone),
    "a comma is missing": (r",(?= )", gone),
    "a keyword is misspelt": (r"\b(?:return|import|from|def|class)\b", swapped),
    "a line stands too deep": (r"(?<=\n)    \w", deeper),
    "a text is not closed": (r"(?<=\w)\"(?=[),\]])", gone),
}


def broken(text: str, pattern: str, damage: Damage) -> Iterator[str]:
    """The text damaged at six places over its length, where that leaves no Python."""
    found = list(re.finditer(pattern, text))
    for place in found[:: max(1, len(found) // 6)]:
        worse = damage(text, place)
        if problem_of(worse) is not None:
            yield worse


def meaning(text: str) -> str:
    """What a text says, without its layout."""
    return ast.dump(ast.parse(text))


@pytest.mark.parametrize("name", DAMAGES)
def test_one_slip_is_mended_by_one_of_the_first_patches(name: str) -> None:
    tried, first = 0, 0
    for text in (PREP, MODEL):
        for worse in broken(text, *DAMAGES[name]):
            found = [meaning(attempt.text) for attempt in mended(worse)[:MOST]]
            assert meaning(text) in found, worse
            tried += 1
            first += found[0] == meaning(text)
    assert tried >= 3
    assert first >= 0.6 * tried


def test_two_slips_are_mended_together() -> None:
    worse = MODEL.replace("def fit", "dfe fit").replace("def predict", "def predict(", 1)
    assert meaning(MODEL) in [meaning(attempt.text) for attempt in mended(worse)[:MOST]]


def test_each_side_of_a_merge_is_offered_and_the_marks_are_gone() -> None:
    text = f"{MODEL}<<<<<<< yours\nROUNDS = 1\n=======\nROUNDS = 2\n>>>>>>> ours\n"
    upper, lower = (attempt.text for attempt in mended(text)[:2])
    assert upper == f"{MODEL}ROUNDS = 1\n"
    assert lower == f"{MODEL}ROUNDS = 2\n"


def test_a_text_that_compiles_is_left_alone() -> None:
    assert mended(PREP) == []


def test_what_is_lost_is_said() -> None:
    text = f"{MODEL}x = = @ 3 ) 4 ( ) ) 7 : :\n"
    assert all(attempt.loses or "comment" not in attempt.title for attempt in mended(text))
    assert any(attempt.loses for attempt in mended(text))
