"""The pages of the repairs: `docs/repairs/<name>.md` each, and a table of all in `README.md`.

`python -m iiml_codegen.integration.repairs.page docs/repairs` writes all pages and takes away
those of repairs that are gone; a test fails on drift.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from iiml_codegen.files import write_atomically
from iiml_codegen.integration.repairs import REPAIRS
from iiml_codegen.integration.repairs.repair import Example, Repair

INDEX = "README.md"


def page(repair: Repair) -> str:
    """The page of one repair in Markdown."""
    kinds = ", ".join(f"`{kind}`" for kind in repair.kinds)
    return "\n".join(
        [
            f"# {repair.title}",
            "",
            f"`expert:{repair.name}` answers faults of the classes {kinds}. A patch is kept only",
            "after the rung that failed has passed with it.",
            "",
            *(line for example in repair.examples for line in shown(example)),
        ]
    )


def shown(example: Example) -> Iterator[str]:
    """An example: what was said, and the edit."""
    said = example.fault.message.strip().split("\n")[0]
    where = f"`{example.facts.file}`, " if example.facts.file else ""
    yield f"{where}`{said}`:" if said else f"{where}`{example.fault.kind}`:"
    yield ""
    fence = "~~~" if "```" in example.before else "```"
    yield f"{fence}diff"
    yield from edited(example.before, example.after)
    yield fence
    yield ""


def edited(before: str, after: str) -> Iterator[str]:
    """The lines of a change, each once, with its sign."""
    lines = difflib.ndiff(before.rstrip("\n").split("\n"), after.rstrip("\n").split("\n"))
    for line in lines:
        if not line.startswith("?"):
            yield (line[0] + line[1:]).rstrip()


def index() -> str:
    """The table of all repairs, in the order in which they are asked."""
    rows = [
        f"| [{repair.title}]({repair.name}.md) | {', '.join(repair.kinds)} |" for repair in REPAIRS
    ]
    return "\n".join(
        [
            "# Repairs",
            "",
            "What the debugging agent's expert proposes, in the order in which it is asked.",
            "Each page is written from the repair and its examples, which are its tests.",
            "",
            "| repair | classes of fault |",
            "| --- | --- |",
            *rows,
            "",
        ]
    )


def pages() -> Mapping[str, str]:
    """All pages by file name."""
    return {INDEX: index(), **{f"{repair.name}.md": page(repair) for repair in REPAIRS}}


def main() -> None:
    """Write all pages into the folder named on the command line."""
    folder, known = Path(sys.argv[1]), pages()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in known.items():
        write_atomically(folder / name, text.encode())
    for path in folder.glob("*.md"):
        if path.name not in known:
            path.unlink()


if __name__ == "__main__":
    main()
