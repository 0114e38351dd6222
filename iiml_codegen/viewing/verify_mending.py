"""Mends that only a run can prove: tried on a copy, and merged into the user's files if kept."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.domain.fault import Fault, Patch
from iiml_codegen.execution.installing import install_hint
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.ladder import Ladder
from iiml_codegen.search.leftovers import leftovers_removed
from iiml_codegen.search.mending import Mender
from iiml_codegen.search.reopened import reopened
from iiml_codegen.viewing.verify_files import ModuleFile, module_files
from iiml_codegen.viewing.verify_fixing import applied
from iiml_codegen.viewing.verify_running import pair, run_models
from iiml_codegen.workspace import Workspace

ROUNDS = 10
"""Patches that are tried for one pair of modules, as many as a solve tries."""


def mend_by_running(
    workspace: Workspace, rung: int, interpreter: str | None, allow_install: bool
) -> Iterator[str]:
    """Climb with each model; what fails is patched until it passes, or left as it was."""
    opened = reopened(workspace, interpreter=interpreter, allow_install=allow_install)
    with leftovers_removed(workspace), opened as bench:
        for model in run_models(module_files(workspace)):
            files = module_files(workspace)  # prep may have been mended for the model before
            code = pair(bench, files, model)
            if code is not None:
                yield from mended_pair(bench, code, files, rung)


def mended_pair(
    bench: Bench, code: CandidateCode, files: tuple[ModuleFile, ...], rung: int
) -> Iterator[str]:
    """Mend one pair, and merge what came of it into the user's files."""
    ladder = Ladder(bench)

    def again() -> Fault | None:
        return ladder.climb(code, upto=rung).fault

    fault = again()
    patches = Mender(bench, ROUNDS).mend(code, fault, again) if fault else ()
    if fault and patches is None:
        yield f"no mend was found for {fault.kind.replace('_', ' ')}: {fault.message}"
        yield from consent_asked(fault)
    texts = code.modules()
    for one in files:
        titles = [said(patch) for patch in patches or () if patch.module == one.label]
        if titles:
            yield from applied(bench.context.workspace, one, texts[one.label], titles)


def consent_asked(fault: Fault) -> Iterator[str]:
    """How a package that is missing could be had."""
    if fault.kind == "missing_dependency" and fault.names:
        yield f" {install_hint(fault.names[0])}"


def said(patch: Patch) -> str:
    """What a patch does, and what the module does less after it."""
    loses = f" (loses {patch.loses})" if patch.loses else ""
    return f" {patch.title}{loses}"
