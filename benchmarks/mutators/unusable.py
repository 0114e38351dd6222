"""What a language model answers when it was asked for a module: more than code, or less."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from .mutator import Draw, Mutator
from .source import Change, Edit, Source

OPENINGS = (
    "Here is the corrected module:",
    "Sure! Below is the updated file. I kept the interface as it was.",
    "Certainly. I fixed the issue by handling missing values more carefully:",
)
CLOSINGS = (
    "This version handles missing values and keeps the same interface.",
    "Let me know if you need anything else!",
    "**Note:** run it with Python 3.11 or newer.",
)


def whole(make: Callable[[str, Draw], str]) -> Callable[[Source, Draw], Iterable[Change]]:
    """A change of the whole text; its place is whatever was put around it."""

    def find(source: Source, draw: Draw) -> Iterable[Change]:
        new = make(source.text, draw)
        size = len(source.raw)
        if source.text in new:
            head, _, tail = new.partition(source.text)
            edits = [Edit(0, 0, head)] if head else []
            edits += [Edit(size, size, tail)] if tail else []
            yield Change(tuple(edits), "text around the code")
        else:
            yield Change((Edit(0, size, new),), "the whole text in another form")

    return find


def in_prose(text: str, draw: Draw) -> str:
    """An answer in sentences with a fence."""
    opening, closing = draw.rng.choice(OPENINGS), draw.rng.choice(CLOSINGS)
    return f"{opening}\n\n```python\n{text}```\n\n{closing}\n"


def in_fences(text: str, draw: Draw) -> str:
    """A fence only."""
    return f"```{draw.rng.choice(['python', 'py', ''])}\n{text}```\n"


def with_reasoning(text: str, draw: Draw) -> str:
    """Thoughts before the code."""
    return f"<think>\nThe user wants the module back without the error.\n</think>\n{text}"


def with_closing(text: str, draw: Draw) -> str:
    """A sentence below the code."""
    return f"{text}\n{draw.rng.choice(CLOSINGS)}\n"


def as_json(text: str, draw: Draw) -> str:
    """A tool call's arguments."""
    return json.dumps({draw.rng.choice(["code", "content", "module"]): text}) + "\n"


def as_escaped(text: str, draw: Draw) -> str:
    """One long line with its line ends spelt out."""
    return json.dumps(text)[1:-1] + "\n"


def as_diff(text: str, draw: Draw) -> str:
    """A patch in place of a file."""
    lines = text.splitlines()
    body = "".join(f"+{line}\n" for line in lines)
    return f"--- /dev/null\n+++ b/module.py\n@@ -0,0 +1,{len(lines)} @@\n{body}"


def numbered(text: str, draw: Draw) -> str:
    """A listing with line numbers."""
    lines = text.splitlines()
    return "".join(f"{n:>4} | {line}\n" for n, line in enumerate(lines, start=1))


def cut_off(source: Source, draw: Draw) -> Iterable[Change]:
    """The answer ended within its last function, as its length was limited."""
    last = source.functions()[-1]
    first = last.body[min(1, len(last.body) - 1)]
    start, end = source.span(first)[0], len(source.raw.rstrip())
    if end - start > 4:
        cut = draw.rng.randrange(start + 2, end - 1)
        cut = len(source.raw[:cut].decode(errors="ignore").encode())
        yield Change((Edit(cut, len(source.raw), ""),), "cut off")


MUTATORS = (
    Mutator("prose_and_fence", "unusable_output", "either", whole(in_prose)),
    Mutator("fence", "unusable_output", "either", whole(in_fences)),
    Mutator("reasoning", "unusable_output", "either", whole(with_reasoning)),
    Mutator("closing_words", "unusable_output", "either", whole(with_closing)),
    Mutator("json_answer", "unusable_output", "either", whole(as_json)),
    Mutator("escaped_text", "unusable_output", "either", whole(as_escaped)),
    Mutator("diff", "unusable_output", "either", whole(as_diff)),
    Mutator("numbered_lines", "unusable_output", "either", whole(numbered)),
    Mutator("cut_off", "unusable_output", "either", cut_off),
)
