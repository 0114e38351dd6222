"""Debugging agent, answered by the expert: patches for a fault, the likeliest first."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest

import msgspec

from iiml_codegen.domain.fault import Fault, Patch
from iiml_codegen.integration.repairs import REPAIRS
from iiml_codegen.integration.repairs.repair import Edit, Facts, Repair

__all__ = ["ExpertDebuggingAgent", "Facts", "Tried", "propose"]

MOST_OF_ONE = 6
"""Proposals that one repair may make for one module."""
OF_VALUES = ("contract_fulfilment", "preprocessing", "shape", "dtype", "memory")
CLOSE = 2
"""Lines around a blamed one that still count as it."""


@dataclass(frozen=True)
class Tried:
    """A patch that did not do, and the fault that showed once it was in."""

    patch: Patch
    left: Fault


class ExpertDebuggingAgent:
    """Asks the repairs; what was tried before is no news to them."""

    def propose(
        self, fault: Fault, texts: Mapping[str, str], facts: Facts, tried: Sequence[Tried] = ()
    ) -> Iterator[Patch]:
        """Patches of one module each, the likeliest first."""
        yield from propose(fault, texts, facts)


def propose(fault: Fault, texts: Mapping[str, str], facts: Facts) -> list[Patch]:
    """Patches of one module each, never the same text twice; the caller re-runs the failed step.

    `texts` are the modules by file name; the one at the fault's place is tried first, and patches
    that lose something are tried last.
    """
    facts = replace(facts, modules=dict(texts))
    patches: list[Patch] = []
    for file in files_in_order(fault, texts):
        for patch in module_patches(fault, file, texts[file], facts):
            if patch.after not in {known.after for known in patches}:
                patches.append(patch)
    return sorted(patches, key=lambda patch: (bool(patch.loses), not near(patch, fault)))


def near(patch: Patch, fault: Fault) -> bool:
    """Whether a patch changes the blamed lines; of values and rows, the cause mostly stands there.

    Of names, calls and syntax it does not: what is missing is defined elsewhere.
    """
    if fault.kind not in OF_VALUES or fault.place is None:
        return True
    lines = [fault.place, *(other.place for other in fault.related)]
    changed = changed_lines(patch)
    return any(
        place.file == patch.module and changed[0] - CLOSE <= place.line <= changed[1] + CLOSE
        for place in lines
    )


def changed_lines(patch: Patch) -> tuple[int, int]:
    """First and last line of a module that a patch changes, counted in the text before it."""
    before, after = patch.before.split("\n"), patch.after.split("\n")
    most = min(len(before), len(after))
    first = next((n for n in range(most) if before[n] != after[n]), most)
    same = next((n for n in range(most - first) if before[-1 - n] != after[-1 - n]), most - first)
    return first + 1, max(len(before) - same, first + 1)


def files_in_order(fault: Fault, texts: Mapping[str, str]) -> list[str]:
    """The file of the fault, then the others."""
    here = fault.place.file if fault.place else ""
    return sorted(texts, key=lambda file: (file != here, file))


def module_patches(fault: Fault, file: str, text: str, facts: Facts) -> Iterator[Patch]:
    """What the repairs propose for one module.

    A text that is not Python is left to the repairs that read it as such, and only they get it.
    """
    facts = replace(facts, file=file)
    local = fault if fault.place and fault.place.file == file else without_place(fault)
    parses = is_python(text)
    asked = [r for r in REPAIRS if fault.kind in r.kinds and (parses or mends_text(r))]
    for repair, edit in in_turn(asked, local, text, facts):
        if edit.text != text and is_python(edit.text):
            yield Patch(
                module=file,
                title=edit.title,
                proposed_by=f"expert:{repair.name}",
                before=text,
                after=edit.text,
                loses=edit.loses,
            )


def in_turn(
    repairs: Sequence[Repair], fault: Fault, text: str, facts: Facts
) -> Iterator[tuple[Repair, Edit]]:
    """The first proposal of each repair, then the second ones: a wrong repair costs one round."""
    columns = [
        [(repair, edit) for edit in islice(repair.propose(fault, text, facts), MOST_OF_ONE)]
        for repair in repairs
    ]
    for row in zip_longest(*columns):
        yield from (proposed for proposed in row if proposed is not None)


def without_place(fault: Fault) -> Fault:
    """The fault as another module sees it."""
    return msgspec.structs.replace(fault, place=None)


def mends_text(repair: Repair) -> bool:
    """Whether a repair takes texts that are not Python."""
    return "unusable_output" in repair.kinds


def is_python(text: str) -> bool:
    """Whether a text compiles: that finds a `return` outside of functions, too."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "module", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True
