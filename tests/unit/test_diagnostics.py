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
        ("a\r\nb = 1\r\n", 2, 1, (1, 0, 5)),
        ("a\x0cb\nc\n", 2, 1, (1, 0, 1)),
        ("a\u2028b\nc\n", 2, 1, (1, 0, 1)),
        ("a = 1", 9, 1, (0, 0, 5)),
        ("a = 1", 1, 99, (0, 4, 5)),
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


@pytest.mark.parametrize(
    ("line", "at", "shown"),
    [
        ('NUMBERS = ["age", "memberr", "fare"]  # all', '"memberr"', '"memberr"'),
        ('    "memberr",  # all', '"memberr"', '"memberr"'),
        ("x = rows['it\\'s'] + 1", "'it", "'it\\'s'"),
        ('print(f"""{a} "b" """, c)', 'f"', 'f"""{a} "b" """'),
        ('a = "never closed', '"', '"never closed'),
        ("rows = pd.read_csv(data / 'a.csv')  # read", "pd.", "pd.read_csv(data / 'a.csv')"),
        ("y = f(g(1), [2]).h[0] + 2", "f(", "f(g(1), [2]).h[0]"),
        ("model = Forest(n_jobs=-1, random_state=42)", "n_jobs", "n_jobs=-1"),
        ("model = Forest(weights=[1, 2], n=3)", "weights", "weights=[1, 2]"),
        ("x = [a, (b, c  # go on", "(b", "(b, c"),
        ("    return fitt(x)  # fit", "return", "return fitt(x)"),
        ("total = a + b  # sum", "total", "total = a + b"),
        ("if a == b: pass", "a ==", "a"),
        ("x = lambda a: a  # the same", "lambda", "lambda a: a"),
        ("    # [P1] Read both tables", "#", "# [P1] Read both tables"),
        ("value = -x + 1", "-x", "-x"),
        ("é = größe(1), 2", "größe", "größe(1)"),
    ],
)
def test_a_range_ends_where_the_thing_at_the_place_ends(line: str, at: str, shown: str) -> None:
    (found,) = diagnostics([violation(1, line.index(at) + 1)], line)
    start, end = found.range.start.character, found.range.end.character
    assert line[start:end] == shown


def test_of_a_name_that_the_message_speaks_of_only_the_name_is_marked() -> None:
    place = Place(file="prep.py", line=1, column=5)
    undefined = Violation(code="IIML104", message="No.", place=place, names=("fill",))
    (found,) = diagnostics([undefined], "x = fill(rows)")
    assert (found.range.start.character, found.range.end.character) == (4, 8)


@given(
    st.text(st.sampled_from("ab1 =.,:()[]{}'\"#\\-\n\r\t\ufeffé😀")),
    st.integers(0, 9),
    st.integers(0, 50),
)
def test_no_range_is_empty_in_a_line_that_says_something(text: str, line: int, column: int) -> None:
    (found,) = diagnostics([violation(line, column)], text)
    start, end = found.range.start, found.range.end
    said = LINE_END.split(text)[start.line]
    width = len(said.encode("utf-16-le")) // 2
    assert start.line == end.line and 0 <= start.character <= end.character <= width
    assert start.character < end.character or not said.removeprefix("\ufeff").strip()


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
