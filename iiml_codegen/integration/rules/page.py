"""The page of a rule: `docs/rules/<code>.md`, written from the rule and its examples.

`python -m iiml_codegen.integration.rules.page docs/rules` writes all pages; a test fails on drift.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from iiml_codegen.files import write_atomically
from iiml_codegen.integration.rules import RULES
from iiml_codegen.integration.rules.rule import Example, Rule

FIXABLE = {"no": "no", "safe": "yes", "needs_review": "yes, to be reviewed"}


def page(rule: Rule) -> str:
    """The page of one rule in Markdown."""
    return (
        "\n".join(
            [
                f"# {rule.code}: {rule.title}",
                "",
                f"{rule.severity.capitalize()}. Fixable: {FIXABLE[rule.fixable]}.",
                "",
                f"**Why.** {rule.why}",
                "",
                "## Broken by",
                "",
                *blocks(rule.invalid),
                "## Kept by",
                "",
                *blocks(rule.valid),
            ]
        ).rstrip("\n")
        + "\n"
    )


def blocks(examples: Iterable[Example]) -> list[str]:
    """Examples as code, each with what is known besides the text."""
    lines: list[str] = []
    for example in examples:
        known = [f"step {step.id} is planned" for step in example.facts.steps]
        known += [f"{name} is a target or an id" for name in example.facts.forbidden]
        lines += [f"`{example.file}`" + (f", where {', '.join(known)}" if known else "") + ":", ""]
        lines += ["```python", *example.text.rstrip("\n").split("\n"), "```", ""]
    return lines


def main() -> None:
    """Write all pages into the folder named on the command line."""
    folder = Path(sys.argv[1])
    for rule in RULES:
        write_atomically(folder / f"{rule.code}.md", page(rule).encode())


if __name__ == "__main__":
    main()
