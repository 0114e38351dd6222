"""What is said, as Markdown or as plain text. Names and values come from data that nobody trusts:
they stand in code spans, and everything else is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

# Control characters, and those that turn the direction of writing.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
SPECIAL = re.compile(r"[\\`*_\[\]<>#!|~&$@]|://|\bwww\.")
LEADING = re.compile(r"(\d{1,9})?([-+=.)])")
LONGEST = 240
MOST_LINES = 12


@dataclass(frozen=True)
class Part:
    """A piece of a line."""

    text: str
    form: Literal["plain", "code", "strong", "link"] = "plain"
    target: str = ""

    def markdown(self) -> str:
        """The piece as Markdown."""
        if self.form == "code":
            return code_span(self.text)
        said = escaped(self.text)
        if self.form == "strong":
            return f"**{said}**"
        return f"[{said}]({self.target})" if self.form == "link" else said


Line = tuple[Part, ...]
Paragraph = list[Line]


def code(text: object) -> Part:
    """A name or a value."""
    return Part(str(text), "code")


def strong(text: str) -> Part:
    """What the eye should find first."""
    return Part(text, "strong")


def link(text: str, target: str) -> Part:
    """A way to somewhere else; the target is a URI."""
    return Part(text, "link", target)


def prose(text: str) -> Line:
    """A sentence in which backticks stand around names."""
    pieces = shortened(text).split("`")
    return tuple(
        Part(piece, "code" if place % 2 else "plain") for place, piece in enumerate(pieces) if piece
    )


def shortened(text: str, most: int = LONGEST) -> str:
    """A text on one line, and not too long."""
    flat = UNSEEN.sub(" ", text).strip()
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def code_span(text: str) -> str:
    """A code span that no backtick inside can end."""
    flat = shortened(text)
    if not flat:
        return "` `"
    runs = [len(run) for run in re.findall(r"`+", flat)]
    fence = "`" * (max(runs, default=0) + 1)
    blank = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{blank}{flat}{blank}{fence}"


def escaped(text: str) -> str:
    """Text that is nothing but text in Markdown; blanks at its ends stay."""
    flat = UNSEEN.sub(" ", text)
    quoted = SPECIAL.sub(lambda found: quoted_mark(found.group()), flat)
    return LEADING.sub(r"\1\\\2", quoted, count=1) if LEADING.match(quoted) else quoted


def quoted_mark(mark: str) -> str:
    """A mark that would mean something, so that it means nothing."""
    if mark == "://":
        return r":\/\/"
    return mark.replace(".", r"\.") if len(mark) > 1 else f"\\{mark}"


def markdown(paragraphs: Sequence[Paragraph]) -> str:
    """Markdown of at most `MOST_LINES` lines."""
    said = ["  \n".join(line_of(line, True) for line in one) for one in paragraphs if one]
    return cut("\n\n".join(said))


def plain(paragraphs: Sequence[Paragraph]) -> str:
    """The same without marks."""
    said = ["\n".join(line_of(line, False) for line in one) for one in paragraphs if one]
    return cut("\n\n".join(said))


def line_of(line: Line, marked: bool) -> str:
    """One line; a blank keeps code spans apart, whose backticks would run together."""
    if not marked:
        return "".join(UNSEEN.sub(" ", part.text) for part in line).strip()
    said = ""
    for before, part in zip((None, *line), line, strict=False):
        beside = before is not None and before.form == part.form == "code"
        said += f" {part.markdown()}" if beside else part.markdown()
    return said.strip()


def cut(text: str) -> str:
    """The first lines of a text."""
    return "\n".join(text.split("\n")[:MOST_LINES]).rstrip()
