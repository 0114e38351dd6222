"""Mends of what stands against a module: the sure ones of rules, and those of bindings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from iiml_codegen.domain.fault import Violation
from iiml_codegen.integration.rules import BY_CODE
from iiml_codegen.integration.verifier import fixed
from iiml_codegen.integration.violation_faults import violation_fault
from iiml_codegen.viewing.verify_fixing import better, mended
from iiml_codegen.viewing.verify_plan import last_prepared
from iiml_server.diagnostics import mendable
from iiml_server.module_check import Opened, check_module, opened, prep_beside

MOST_CHOICES = 5
"""Ways to mend one binding that are shown."""


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
    tried = [(said, title, after) for said in here for title, after in _tried(one, said)]
    kept = [
        Mend(title, said, after)
        for said, title, after in tried
        if better(found, list(check_module(path, after)))
    ]
    return list({mend.after: mend for mend in reversed(kept)}.values())[::-1]


def _tried(one: Opened, violation: Violation) -> Iterator[tuple[str, str]]:
    """Titles and texts of what might mend a violation."""
    if mendable(violation):
        after = fixed(one.module.label, one.module.text, violation, one.known)
        if after is not None:
            yield said(violation.hint or BY_CODE[violation.code].title), after
    elif violation.code.startswith("IIML2"):
        yield from islice(_bound(one, violation), MOST_CHOICES)


def _bound(one: Opened, violation: Violation) -> Iterator[tuple[str, str]]:
    """What the debugging agent proposes for a binding, in this module alone."""
    # Its repairs are many: they are loaded by those who ask for one.
    from iiml_codegen.integration import debugging_agent

    texts, prep = {one.module.label: one.module.text}, prep_beside(one)
    if prep is None or one.workspace is None:
        return
    texts[prep.label] = prep.text
    last = last_prepared(one.workspace, prep)
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
