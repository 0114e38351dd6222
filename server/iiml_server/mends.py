"""Mends of what stands against a module: the sure ones of rules, and proposals that verify."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from iiml_codegen.domain.fault import Violation
from iiml_codegen.integration.rules import BY_CODE
from iiml_codegen.integration.verifier import fixed
from iiml_codegen.integration.violation_faults import violation_fault
from iiml_codegen.syntax import syntax_tree
from iiml_codegen.viewing.verify_fixing import better, mended
from iiml_codegen.viewing.verify_plan import last_prepared
from iiml_server.module_check import Opened, check_module, mendable, opened, prep_beside

MOST = 3
"""Mends of one violation that are shown."""
MOST_TRIED = 12
"""Proposals that are looked at for one violation."""


@dataclass(frozen=True)
class Mend:
    """A whole new text in which one violation is mended, and nothing new stands against it."""

    title: str
    violation: Violation
    after: str


def mends(path: Path, text: str, *, first: int, last: int) -> list[Mend]:
    """All mends of what stands at the lines `first` to `last`, counted from 1."""
    text = plain(text)
    one, found = opened(path, text), list(check_module(path, text))
    here = [said for said in found if first <= said.place.line <= last]
    kept = [mend for broken in here for mend in islice(_mends_of(one, broken, found), MOST)]
    return list({mend.after: mend for mend in reversed(kept)}.values())[::-1]


def _mends_of(one: Opened, broken: Violation, found: list[Violation]) -> Iterator[Mend]:
    """What mends one violation and brings nothing new."""
    for title, after in islice(_tried(one, broken), MOST_TRIED):
        if better(found, list(check_module(one.path, after))):
            yield Mend(title, broken, after)


def _tried(one: Opened, violation: Violation) -> Iterator[tuple[str, str]]:
    """Titles and texts of what might mend a violation: the rule's own mend, else proposals."""
    if not mendable(violation):
        yield from _proposed(one, violation)
        return
    after = fixed(one.module.label, one.module.text, violation, one.known)
    if after is not None:
        yield said(violation.hint or BY_CODE[violation.code].title), after


def _proposed(one: Opened, violation: Violation) -> Iterator[tuple[str, str]]:
    """What the debugging agent proposes, in this module alone."""
    # Its repairs are many: they are loaded by those who ask for one.
    from iiml_codegen.integration import debugging_agent

    texts, prep = {one.module.label: one.module.text}, prep_beside(one)
    last = None
    if prep is not None and one.workspace is not None:
        texts[prep.label] = prep.text
        last = last_prepared(one.workspace, prep) if parses(prep.text) else None
    facts = debugging_agent.Facts(
        columns=one.known.columns,
        files=one.known.files,
        task=one.plan.task,
        contract=one.plan.contract,
        view=one.plan.view(one.module),
        observations=last.observations if last else (),
    )
    for patch in debugging_agent.propose(violation_fault(violation, texts), texts, facts):
        if patch.module == one.module.label:
            yield said(patch.title), patch.after


def parses(text: str) -> bool:
    """Whether a text is Python."""
    try:
        syntax_tree(text)
    except (SyntaxError, ValueError):
        return False
    return True


def all_mended(path: Path, text: str) -> tuple[str, int]:
    """The text after all sure mends, tried until nothing changes, and how many there were."""
    one = opened(path, plain(text))
    after, titles = mended(one.module, one.known)
    return after, len(titles)


def plain(text: str) -> str:
    """The text as rules mend it: without a byte order mark, with plain newlines."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def said(hint: str) -> str:
    """A hint as the title of an action."""
    return hint[:1].upper() + hint[1:]
