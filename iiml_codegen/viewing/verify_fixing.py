"""`iiml verify --fix`: mends that are sure, merged into what the user has, with a way back."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.domain.fault import Violation
from iiml_codegen.errors import CompetitionError
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.rules import BY_CODE
from iiml_codegen.integration.rules.rule import Facts
from iiml_codegen.integration.verifier import fixed, verify_text
from iiml_codegen.offers import accept, find, rebased
from iiml_codegen.promotion import Patched, merge_patch
from iiml_codegen.viewing.verify_files import ModuleFile, module_files, module_texts
from iiml_codegen.viewing.verify_folder import WITHOUT_RUNNING, known_of
from iiml_codegen.viewing.verify_plan import folder_plan
from iiml_codegen.workspace import Workspace

MOST_FIXES = 50
"""Mends of one module; each is checked before the next."""


def fix(
    workspace: Workspace, rung: int, interpreter: str | None, allow_install: bool = False
) -> Iterator[str]:
    """Mend what can be mended surely, and say each mend; with runs also what a run proves right.

    The text before lies in `iiml/.generated/undo`.
    """
    plan = folder_plan(workspace)
    for one in module_files(workspace):
        if one.module is not None:
            after, titles = mended(one.module, known_of(one.module, plan, workspace))
            yield from applied(workspace, one, after, titles)
    if rung > WITHOUT_RUNNING:
        from iiml_codegen.viewing.verify_mending import mend_by_running

        yield from mend_by_running(workspace, rung, interpreter, allow_install)


def taken(workspace: Workspace, id: str) -> Iterator[str]:
    """Merge a patch that waits into the modules, all of them or none, and say what it did.

    Raises `CompetitionError` where no such patch waits, or it fits the modules no more.
    """
    offer = find(workspace, id)
    if offer is not None and rebased(offer, module_texts(workspace)) is None:
        raise CompetitionError(
            f"the patch {id} fits the modules no more: the same lines changed since",
            hint="verify again with --propose",
        )
    offer = accept(workspace, id)
    files = {one.label: one for one in module_files(workspace)}
    for edit in offer.edits:
        one, undo = files[edit.module], workspace.generated / "undo"
        patched = merge_patch(one.path, edit.before, edit.after, undo)
        yield from told(one, patched, [f" {offer.title}"])


def mended(module: Module, known: Facts) -> tuple[str, list[str]]:
    """A module's text with the mends of rules that are sure of theirs, and what each mended."""
    text, titles = module.text, list[str]()
    refused: set[str] = set()
    while len(titles) < MOST_FIXES:
        found = verify_text(module.label, text, known)
        sure = [one for one in found if BY_CODE[one.code].fixable == "safe"]
        broken = next((one for one in sure if one.message not in refused), None)
        if broken is None:
            break
        after = fixed(module.label, text, broken, known)
        if after is None or not better(found, verify_text(module.label, after, known)):
            refused.add(broken.message)
            continue
        titles.append(f"{broken.place.line}: {broken.code} {broken.message}")
        text = after
    return text, titles


def better(before: list[Violation], after: list[Violation]) -> bool:
    """Whether a mend took something away and brought nothing new."""
    old, new = ([(v.code, v.message) for v in found] for found in (before, after))
    return len(new) < len(old) and set(new) <= set(old)


def applied(workspace: Workspace, one: ModuleFile, after: str, titles: list[str]) -> Iterator[str]:
    """Merge a mended text into the file as it is now, and say what came of it."""
    if one.module is None or after == one.module.text:
        return
    undo = workspace.generated / "undo"
    patched = merge_patch(one.path, one.module.text, after, undo)
    yield from told(one, patched, titles)


def told(one: ModuleFile, patched: Patched, titles: list[str]) -> Iterator[str]:
    """What became of the mends of one module."""
    if patched.outcome == "conflict":
        spans = ", ".join(f"{first}–{last}" for first, last in patched.conflicts)
        where = f" in lines {spans}" if spans else ""
        yield f"{one.label}: not mended, it changed meanwhile{where}"
        return
    yield from (f"mended {one.label}:{title}" for title in titles)
    if patched.kept is not None:
        yield f"{one.label} as it was: {patched.kept}"
