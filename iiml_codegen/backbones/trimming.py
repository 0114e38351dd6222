"""Prompts cut to size: the least important parts lose their ends, then go, and the prompt says so.

Tokens are estimated without any model's own tokenizer: an ASCII character counts 1/3.2 of a token
(English prose has about 4 characters a token, Python and JSON about 3), any other one 1 token.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

CHARACTERS_PER_TOKEN = 3.2
SHORTEST_CUT = 200
"""Characters below which the beginning of a part is no use without its end."""
CUT = "\n[cut here for length]"
_ASCII = re.compile(r"[\x00-\x7f]+")


@dataclass(frozen=True)
class Section:
    """A filled-in part of a prompt; `data` marks text that nobody vouches for."""

    name: str
    text: str
    importance: int = 50
    data: bool = False

    def written(self) -> str:
        """The part as it stands in the message."""
        if not self.data:
            return f"## {self.name.replace('_', ' ')}\n{self.text}"
        mark = mark_of(self.text)
        return f'<data name="{self.name}" mark="{mark}">\n{self.text}\n</data {mark}>'


def mark_of(text: str) -> str:
    """A mark that comes from the text and does not stand in it, so that it cannot close itself."""
    number = 0
    while (mark := sha256(f"{number}:{text}".encode(errors="replace")).hexdigest()[:12]) in text:
        number += 1
    return mark


def tokens(text: str) -> int:
    """About how many tokens a text is."""
    plain = sum(map(len, _ASCII.findall(text)))
    return round(plain / CHARACTERS_PER_TOKEN) + len(text) - plain


def fitted(sections: Sequence[Section], limit: int) -> tuple[Section, ...]:
    """The sections in their order, within about `limit` tokens together, and a word on the loss."""
    kept = {section.name: section for section in sections}
    lost: list[str] = []
    over = sum(tokens(section.written()) for section in sections) - limit
    for section in sorted(sections, key=lambda section: section.importance):
        if over <= 0:
            break
        before = tokens(section.written())
        shorter = _shortened(section, before - over)
        lost.append(f"{section.name} ({'cut' if shorter else 'left out'})")
        if shorter is None:
            del kept[section.name]
            over -= before
        else:
            kept[section.name] = shorter
            over -= before - tokens(shorter.written())
    remaining = tuple(kept[section.name] for section in sections if section.name in kept)
    return (
        (*remaining, Section("shortened", f"For length: {', '.join(lost)}.")) if lost else remaining
    )


def _shortened(section: Section, limit: int) -> Section | None:
    """The beginning of a section within `limit` tokens; None where too little would be left."""
    frame = tokens(replace(section, text=CUT).written())
    share = len(section.text) / max(1, tokens(section.text))
    length = int((limit - frame) * share * 0.97)
    if length < SHORTEST_CUT:
        return None
    return replace(section, text=section.text[:length].rstrip() + CUT)
