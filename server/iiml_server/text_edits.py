"""The fewest edits that make one text of another, as an editor applies them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types as lsp

from iiml_server.positions import lines_of, utf16
from iiml_server.shifting import changes

BOM = "\ufeff"


def text_edits(old: str, new: str) -> list[lsp.TextEdit]:
    """Edits that turn the document's text `old` into `new`; lines that stay are not touched.

    New lines end as those of `old` do, and a byte order mark stays where it is.
    """
    newline = "\r\n" if "\r\n" in old else "\n"
    before, after = lines_of(old.removeprefix(BOM)), lines_of(new.removeprefix(BOM))
    found = list(_joined(_edits(before, after, newline)))
    return [_behind_mark(edit) for edit in found] if old.startswith(BOM) else found


def _joined(edits: Iterator[lsp.TextEdit]) -> Iterator[lsp.TextEdit]:
    """Edits that touch become one: clients differ in which of two they apply first."""
    last: lsp.TextEdit | None = None
    for edit in edits:
        if last is not None and last.range.end == edit.range.start:
            span = lsp.Range(start=last.range.start, end=edit.range.end)
            edit = lsp.TextEdit(range=span, new_text=last.new_text + edit.new_text)
        elif last is not None:
            yield last
        last = edit
    if last is not None:
        yield last


def _edits(old: Sequence[str], new: Sequence[str], newline: str) -> Iterator[lsp.TextEdit]:
    for first, last, begin, end in changes(old, new):
        if last - first == end - begin:
            for offset in range(last - first):
                yield _within_line(first + offset, old[first + offset], new[begin + offset])
        else:
            yield _lines(old, first, last, new[begin:end], newline)


def _within_line(number: int, old: str, new: str) -> lsp.TextEdit:
    """The part of one line that differs."""
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    tail = next((n for n in range(most - head) if old[-1 - n] != new[-1 - n]), most - head)
    start, end = utf16(old[:head]), utf16(old[: len(old) - tail])
    return lsp.TextEdit(
        range=_span(number, start, number, end), new_text=new[head : len(new) - tail]
    )


def _lines(
    old: Sequence[str], first: int, last: int, new: Sequence[str], newline: str
) -> lsp.TextEdit:
    """Whole lines `first` to `last` (exclusive) replaced by others, as many as there are."""
    if last < len(old):
        text = "".join(line + newline for line in new)
        return lsp.TextEdit(range=_span(first, 0, last, 0), new_text=text)
    # The last line has no end of its own: the one before it goes or comes instead.
    end = (len(old) - 1, utf16(old[-1]))
    if first == 0:
        return lsp.TextEdit(range=_span(0, 0, *end), new_text=newline.join(new))
    text = "".join(newline + line for line in new)
    return lsp.TextEdit(range=_span(first - 1, utf16(old[first - 1]), *end), new_text=text)


def _span(line: int, start: int, last: int, end: int) -> lsp.Range:
    return lsp.Range(
        start=lsp.Position(line=line, character=start), end=lsp.Position(line=last, character=end)
    )


def _behind_mark(edit: lsp.TextEdit) -> lsp.TextEdit:
    """The same edit in a text whose first line begins with a byte order mark."""
    ends = [
        lsp.Position(line=p.line, character=p.character + (p.line == 0))
        for p in (edit.range.start, edit.range.end)
    ]
    return lsp.TextEdit(range=lsp.Range(start=ends[0], end=ends[1]), new_text=edit.new_text)
