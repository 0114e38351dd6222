"""Debugging agent, answered by the expert: patches for a fault, the likeliest first."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

import msgspec

from iiml_codegen.domain.fault import Fault, Patch
from iiml_codegen.integration.repairs import REPAIRS
from iiml_codegen.integration.repairs.repair import Facts

__all__ = ["Facts", "propose"]


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
    return sorted(patches, key=lambda patch: bool(patch.loses))


def files_in_order(fault: Fault, texts: Mapping[str, str]) -> list[str]:
    """The file of the fault, then the others."""
    here = fault.place.file if fault.place else ""
    return sorted(texts, key=lambda file: (file != here, file))


def module_patches(fault: Fault, file: str, text: str, facts: Facts) -> Iterator[Patch]:
    """What the repairs propose for one module; a text that is not Python is left alone."""
    facts = replace(facts, file=file)
    local = fault if fault.place and fault.place.file == file else without_place(fault)
    try:
        ast.parse(text)
    except SyntaxError:
        return
    for repair in REPAIRS:
        if fault.kind not in repair.kinds:
            continue
        for edit in repair.propose(local, text, facts):
            if edit.text != text and is_python(edit.text):
                yield Patch(
                    module=file,
                    title=edit.title,
                    proposed_by=f"expert:{repair.name}",
                    before=text,
                    after=edit.text,
                    loses=edit.loses,
                )


def without_place(fault: Fault) -> Fault:
    """The fault as another module sees it."""
    return msgspec.structs.replace(fault, place=None)


def is_python(text: str) -> bool:
    """Whether a text parses."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
