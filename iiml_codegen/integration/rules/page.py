"""The pages of the rules: `docs/rules/<code>.md` each, and a table of all in `README.md`.

`python -m iiml_codegen.integration.rules.page docs/rules` writes all pages and takes away those of
rules that are gone; a test fails on drift.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from iiml_codegen.files import write_atomically
from iiml_codegen.integration.rules import RULES
from iiml_codegen.integration.rules.rule import Example, Facts, Rule

FIXABLE = {"no": "no", "safe": "yes", "needs_review": "yes, to be reviewed"}
RUNGS = {
    0: "the text is Python, and whole",
    1: "what the text alone shows",
    2: "which output feeds which input",
    3: "the interface contract, on live objects",
    4: "the pipeline on a sample",
    5: "shadow runs and leak tests",
    6: "the submission file",
    9: "the environment",
}
LANGUAGES = {".py": "python", ".csv": "text", ".json": "json", ".toml": "toml", ".md": "markdown"}
INDEX = "README.md"
CODE_PAGE = re.compile(r"^IIML\d{3}\.md$")


def page(rule: Rule) -> str:
    """The page of one rule in Markdown."""
    lines = [
        f"# {rule.code}: {rule.title}",
        "",
        f"{rule.severity.capitalize()} of rung {rule.rung} ({RUNGS[rule.rung]}). "
        f"Fault class: `{rule.fault}`. Fixable: {FIXABLE[rule.fixable]}.",
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
    return "\n".join(lines).rstrip("\n") + "\n"


def blocks(examples: Iterable[Example]) -> Iterator[str]:
    """Examples as code, each with what is known besides the text."""
    for example in examples:
        known = list(shown(example.facts))
        yield f"`{example.file}`" + (f", where {', '.join(known)}:" if known else ":")
        yield ""
        if example.text.strip():
            fence = "~~~" if "```" in example.text else "```"
            yield fence + LANGUAGES.get(PurePosixPath(example.file).suffix, "text")
            yield from printable(example.text).rstrip("\n").split("\n")
            yield fence
        else:
            yield "(an empty file)"
        yield ""


def printable(text: str) -> str:
    """Text whose signs can be written and seen: control signs and tabs are spelt out."""
    shown_signs = {"\t": "→", "\x00": "␀", "\ufffd": "�"}
    return "".join(
        shown_signs.get(sign)
        or (f"<byte {ord(sign) - 0xDC00:02x}>" if "\ud800" <= sign <= "\udfff" else sign)
        for sign in text.replace("\r\n", "\n").replace("\r", "\n")
    )


def shown(facts: Facts) -> Iterator[str]:
    """What an example takes for known, in words."""
    yield from (f"step {step.id} is planned" for step in facts.steps)
    yield from (f"{name} is a target or an id" for name in facts.forbidden)
    yield from (f"{name} is a target" for name in facts.targets if name not in facts.forbidden)
    if facts.outputs:
        yield f"the contract lists {', '.join(facts.outputs)}"
    if facts.columns:
        yield f"the tables have {', '.join(facts.columns)}"
    if facts.files:
        yield f"the folder has {', '.join(facts.files)}"
    yield from (clause.says.rstrip(".") for clause in facts.clauses)
    for seen in facts.observations:
        yield f"{seen.output} was a {seen.type} of {seen.rows} rows and {seen.columns} columns"
    if facts.kind:
        yield f"the task is {facts.kind.replace('_', ' ')}"
    if facts.sample:
        yield f"the sample submission is {facts.sample}"
    if facts.rows_from_sample:
        yield "the sample submission lists the test rows"
    if facts.forward:
        yield "the test rows lie after the training rows"


def index() -> str:
    """The table of all rules, a part for each rung."""
    lines = [
        "# Rules",
        "",
        "One page per rule; each is written from the rule and its examples.",
        "",
    ]
    for rung, title in RUNGS.items():
        rules = sorted((r for r in RULES if r.rung == rung), key=lambda rule: rule.code)
        if rules:
            lines += [f"## Rung {rung}: {title}", ""]
            lines += ["| code | rule | severity | fixable |", "| --- | --- | --- | --- |"]
            lines += [
                f"| [{r.code}]({r.code}.md) | {r.title} | {r.severity} | {FIXABLE[r.fixable]} |"
                for r in rules
            ]
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def pages() -> Mapping[str, str]:
    """All pages by file name."""
    return {INDEX: index(), **{f"{rule.code}.md": page(rule) for rule in RULES}}


def stale(folder: Path) -> list[Path]:
    """Pages of rules that are gone."""
    known = pages()
    return sorted(p for p in folder.glob("*.md") if CODE_PAGE.match(p.name) and p.name not in known)


def main() -> None:
    """Write all pages into the folder named on the command line."""
    folder = Path(sys.argv[1])
    for name, text in pages().items():
        write_atomically(folder / name, text.encode())
    for path in stale(folder):
        path.unlink()


if __name__ == "__main__":
    main()
