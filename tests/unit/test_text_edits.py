"""Edits make the new text of the old one, and leave alone what is the same in both."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp
from processes.editing import applied

from iiml_server.text_edits import text_edits

LINES = st.lists(st.sampled_from(["a", "b", "c 😀", "", "é = 1"]), min_size=1, max_size=7)


@given(LINES, LINES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]))
def test_a_text_becomes_the_other(old: list[str], new: list[str], newline: str, mark: str) -> None:
    before = mark + newline.join(old)
    own = "\r\n" if "\r\n" in before else "\n"
    edits = text_edits(before, "\n".join(new))
    assert applied(before, edits) == mark + own.join(new)


def test_only_the_words_that_differ_are_replaced() -> None:
    (edit,) = text_edits('x = "😀"; y = 1\nz\n', 'x = "😀"; y = 20\nz\n')
    start, end = lsp.Position(line=0, character=14), lsp.Position(line=0, character=15)
    assert edit == lsp.TextEdit(range=lsp.Range(start=start, end=end), new_text="20")


def test_the_same_text_needs_no_edit() -> None:
    assert text_edits("a\r\nb", "a\nb") == []
