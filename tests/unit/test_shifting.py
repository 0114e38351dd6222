"""Results of an older text stand at their lines in a newer one, or are gone with them."""

from __future__ import annotations

import pytest

from iiml_codegen.domain.fault import Place, Related, Violation
from iiml_server.memory import Memory
from iiml_server.shifting import moved_lines, shifted

OLD = "a\nb\nc\nd\ne\n"


def at(line: int, code: str = "IIML105", *related: Related) -> Violation:
    place = Place(file="prep.py", line=line, column=3)
    return Violation(code=code, message="", place=place, related=related)


@pytest.mark.parametrize(
    ("new", "line"),
    [
        (OLD, 3),
        ("x\ny\n" + OLD, 5),
        ("b\nc\nd\ne\n", 2),
        ("a\nb\nC\nd\ne\n", 3),
        ("a\nb\nd\ne\n", None),
        ("a\r\nb\r\nx\r\nc\r\nd\r\ne\r\n", 4),
        ("", None),
    ],
)
def test_a_violation_moves_with_its_line(new: str, line: int | None) -> None:
    found = shifted([at(3)], OLD, new)
    assert [one.place.line for one in found] == ([] if line is None else [line])
    assert all(one.place.column == 3 for one in found)


def test_other_places_of_the_same_file_move_too() -> None:
    here = Related(place=Place(file="prep.py", line=2), message="")
    there = Related(place=Place(file="contract.json", line=2), message="")
    gone = Related(place=Place(file="prep.py", line=5), message="")
    (found,) = shifted([at(1, "IIML105", here, there, gone)], OLD, "a\nx\nb\nc\nd\n")
    assert [(one.place.file, one.place.line) for one in found.related] == [
        ("prep.py", 3),
        ("contract.json", 2),
    ]


def test_many_equal_lines_do_not_confuse_the_order() -> None:
    old = ["x", ""] * 300
    assert moved_lines(old, ["new", *old])[599] == 600


def test_results_stay_until_the_text_parses_again() -> None:
    memory, syntax = Memory(), at(1, "IIML001")
    assert memory.shown("uri", OLD, [at(3)]) == [at(3)]
    assert memory.shown("uri", "(\n" + OLD, [syntax]) == [syntax, at(4)]
    assert memory.shown("uri", "(\n(\n" + OLD, [syntax]) == [syntax, at(5)]
    assert memory.shown("uri", OLD, []) == []
    assert memory.shown("uri", "(\n" + OLD, [syntax]) == [syntax]
    memory.shown("uri", OLD, [at(3)])
    memory.forget("uri")
    assert memory.shown("uri", "(\n" + OLD, [syntax]) == [syntax]


def test_another_python_server_takes_syntax_and_undefined_names() -> None:
    memory = Memory(other_python=True)
    assert memory.shown("uri", OLD, [at(1, "IIML104"), at(3)]) == [at(3)]
    assert memory.shown("uri", OLD, [at(1, "IIML005")]) == [at(3)]
    memory.other_python = False
    assert memory.shown("uri", OLD, [at(1, "IIML001")]) == [
        at(1, "IIML001"),
        at(1, "IIML104"),
        at(3),
    ]
