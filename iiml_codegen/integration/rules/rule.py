"""What a rule is: one code, and examples that are its tests and its page.

Rules of rungs 0 and 1 are static: they carry their check. Rules of higher rungs are checked on
live objects elsewhere (binder, worker, supervisor); their examples are run by the same code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from iiml_codegen.domain.fault import FaultClass, Related, Severity
from iiml_codegen.integration.rules.checked import Checked as Checked
from iiml_codegen.integration.rules.facts import Facts as Facts

Fixable = Literal["no", "safe", "needs_review"]


@dataclass(frozen=True)
class Finding:
    """One place where a rule is broken; lines and columns count from 1."""

    message: str
    line: int = 1
    column: int = 1
    hint: str = ""
    step: str | None = None
    names: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()


NOTHING_KNOWN = Facts()


@dataclass(frozen=True)
class Example:
    """What a rule accepts or refuses: a module, or for live rules what its file name says.

    `outputs.py` builds `outputs` as prepare would return them, `submission.csv` is a submission.
    """

    text: str
    file: str = "prep.py"
    facts: Facts = NOTHING_KNOWN


@dataclass(frozen=True)
class Rule:
    """A rule with its page; `fault` is the class of what breaks it."""

    code: str
    title: str
    why: str
    severity: Severity
    fixable: Fixable
    fault: FaultClass
    valid: tuple[Example, ...]
    invalid: tuple[Example, ...]

    @property
    def rung(self) -> int:
        """The level of the verification ladder that the rule belongs to."""
        return int(self.code[4])


@dataclass(frozen=True)
class StaticRule(Rule):
    """A rule of rung 0 or 1: it looks at the text alone, as one types.

    `fix` gives the whole new text for one finding, or None where this one has no sure mend. Only
    rules that are `fixable="safe"` have it.
    """

    check: Callable[[Checked], Iterable[Finding]]
    fix: Callable[[Checked, Finding], str | None] | None = None


def at(node: ast.AST, message: str, hint: str = "", names: tuple[str, ...] = ()) -> Finding:
    """A finding at a node's place; its column counts bytes, as the parser does."""
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
    return Finding(message, line, column, hint, names=names)
