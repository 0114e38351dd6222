"""Places of violations as an editor counts them."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iiml_codegen.domain.fault import Place, Violation
from iiml_server.diagnostics import diagnostics, is_module
from iiml_server.positions import LINE_END


def violation(line: int, column: int = 1, code: str = "IIML101") -> Violation:
    place = Place(file="prep.py", line=line, column=column)
    return Violation(code=code, message="No.", hint="Do this.", place=place)


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("a = 1\n", 1, 1, (0, 0, 5)),
        ("    a = 1   \n", 1, 1, (0, 4, 9)),
        ('é = "😀"; b = c\n', 1, 10, (0, 10, 15)),
        ("a\r\nb = 1\r\n", 2, 3, (1, 2, 5)),
        ("a\x0cb\nc\n", 2, 1, (1, 0, 1)),
        ("a\u2028b\nc\n", 2, 1, (1, 0, 1)),
        ("a = 1", 9, 1, (0, 0, 5)),
        ("a = 1", 1, 99, (0, 5, 5)),
        ("", 1, 1, (0, 0, 0)),
    ],
    ids=["plain", "indent", "emoji", "crlf", "form feed", "separator", "line", "column", "empty"],
)
def test_a_place_becomes_a_range_in_utf16(
    text: str, line: int, column: int, expected: tuple[int, int, int]
) -> None:
    (found,) = diagnostics([violation(line, column)], text)
    start, end = found.range.start, found.range.end
    assert (start.line, start.character, end.character) == expected
    assert end.line == start.line


@given(st.text(), st.integers(0, 50), st.integers(0, 50))
def test_no_range_lies_outside_its_text(text: str, line: int, column: int) -> None:
    (found,) = diagnostics([violation(line, column)], text)
    lines = LINE_END.split(text)
    start, end = found.range.start, found.range.end
    width = len(lines[start.line].encode("utf-16-le", "surrogatepass")) // 2
    assert 0 <= start.character <= end.character <= width


def test_rows_stand_in_the_order_of_their_places() -> None:
    found = diagnostics([violation(2), violation(1, code="IIML105"), violation(1)], "a\nb\n")
    assert [(row.range.start.line, row.code) for row in found] == [
        (0, "IIML101"),
        (0, "IIML105"),
        (1, "IIML101"),
    ]


def test_the_way_out_follows_the_message() -> None:
    (found,) = diagnostics([violation(1)], "a\n")
    assert found.message == "No.\nDo this."


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("bikes/iiml/prep.py", True),
        ("bikes/iiml/candidates/c3/model_traditional.py", True),
        ("bikes/prep.py", False),
        ("iiml/src/app/jobs/prep.py", False),
        ("bikes/iiml/model_mine.py", False),
        ("bikes/iiml/best.py", False),
    ],
)
def test_only_modules_of_a_competition_are_checked(path: str, ours: bool) -> None:
    assert is_module(PurePosixPath(path)) is ours
