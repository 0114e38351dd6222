"""Leaves out rows that only say again what another row of the module says better."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from iiml_codegen.domain.fault import Violation

UNUSED = frozenset({"IIML142", "IIML158"})
"""Parameters and functions that nobody uses: where another row says to use one, that is enough."""
MISNAMED, NOT_THERE = "IIML101", "IIML208"
"""A function of the interface is missing: by the text, and when models are bound."""
WORD = re.compile(r"\w+")


def without_echoes(told: Sequence[Violation], found: Sequence[Violation]) -> list[Violation]:
    """What the text tells and what runs found in it, each cause once.

    A run's row stays, with the way out that the text's row knows.
    """
    runs = [sharpened(one, told) for one in found]
    kept = [one for one in told if not any(same_cause(one, run) for run in found)]
    return [one for one in kept if not any(echoes(one, other) for other in kept)] + runs


def same_cause(told: Violation, run: Violation) -> bool:
    """Whether a run failed by what the text tells: in the same line, of the same names."""
    return (
        run.severity == "error"
        and told.place.line == run.place.line
        and bool(set(told.names) & set(run.names))
    )


def sharpened(run: Violation, told: Sequence[Violation]) -> Violation:
    """A run's row with what to do in its own case, in place of what helps in general."""
    hint = next((one.hint for one in told if one.hint and same_cause(one, run)), None)
    if hint is None:
        return run
    values = run.hint.split("\n")[1:]
    return msgspec.structs.replace(run, hint="\n".join([hint, *values]))


def echoes(one: Violation, other: Violation) -> bool:
    """Whether a row follows from what another one says."""
    if one.code == NOT_THERE:
        return other.code == MISNAMED
    if one.code not in UNUSED or other.code in UNUSED:
        return False
    return not {*one.names}.isdisjoint({*other.names, *WORD.findall(other.hint)})
