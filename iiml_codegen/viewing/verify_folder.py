"""One look at the modules of a folder: what stands against them, up to which rung."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from iiml_codegen.domain.fault import Fault, Violation
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.integration.binding_places import binding_violations
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.rules.rule import Facts
from iiml_codegen.integration.verifier import facts, verify_text
from iiml_codegen.offers.offer import Offer
from iiml_codegen.viewing.verify_files import ModuleFile, module_files, proposals
from iiml_codegen.viewing.verify_plan import FolderPlan, digest, folder_plan, last_prepared
from iiml_codegen.workspace import Workspace

WITHOUT_RUNNING = 2
"""The highest rung that needs no process: static rules, and binding to what prep gave last."""
NOT_LOOKED = "prep was never run here, so bindings are not checked: give --rung 3"
STALE = "prep.py has changed since it ran: bindings are checked against what it gave then"

OF_DATA = ("IIML205", "IIML209", "IIML213")
"""What numbers of rows and values say: of a text that has changed since, nobody knows them."""


class Verdict(Frozen):
    """What a look at a folder says.

    Places name files of `folder`. `modules` are those looked at, `rung` the last rung asked for,
    `notes` say what could not be looked at. `digests` name the texts that were looked at, and
    `offers` are patches found for what failed; more may come while it is `searching`.
    """

    folder: str
    rung: int
    modules: tuple[str, ...]
    violations: tuple[Violation, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    digests: dict[str, str] = {}
    offers: tuple[Offer, ...] = ()
    searching: bool = False

    @property
    def failed(self) -> bool:
        """Whether an error stands."""
        return bool(self.faults) or any(one.severity == "error" for one in self.violations)

    def path(self, file: str) -> Path:
        """The file that a place names."""
        return Path(self.folder) / file


def look(workspace: Workspace, rung: int = WITHOUT_RUNNING) -> Verdict:
    """Rungs 0 to 2, as far as asked for, without running anything.

    Raises `CompetitionError` for a folder without modules, or a plan that cannot be read.
    """
    files, plan = module_files(workspace), folder_plan(workspace)
    modules = [one.module for one in files if one.module is not None]
    found = [one.trouble for one in files if one.trouble is not None]
    found += static(modules, plan, workspace, rung)
    notes: list[str] = []
    if rung >= WITHOUT_RUNNING:
        bound, notes = bindings(modules, plan, workspace, found)
        found += bound
    return verdict(workspace, rung, files, [*found, *proposals(files)], notes)


def verdict(
    workspace: Workspace,
    rung: int,
    files: Sequence[ModuleFile],
    violations: Sequence[Violation],
    notes: Sequence[str] = (),
    faults: Sequence[Fault] = (),
) -> Verdict:
    """Violations in the order of their places, none of them twice."""
    ordered = sorted(
        dict.fromkeys(violations),
        key=lambda v: (v.place.file, v.place.line, v.place.column, v.code, v.message),
    )
    return Verdict(
        folder=str(workspace.home),
        rung=rung,
        modules=tuple(one.label for one in files),
        violations=tuple(ordered),
        faults=tuple(faults),
        notes=tuple(notes),
        digests={one.label: digest(one.module.text) for one in files if one.module is not None},
    )


def static(
    modules: Sequence[Module], plan: FolderPlan, workspace: Workspace, rung: int
) -> list[Violation]:
    """Rungs 0 and 1; with rung 0 alone, what Python itself would refuse."""
    found = [
        violation
        for module in modules
        for violation in verify_text(module.label, module.text, known_of(module, plan, workspace))
    ]
    return [one for one in found if int(one.code[4]) <= rung]


def known_of(module: Module, plan: FolderPlan, workspace: Workspace) -> Facts:
    """What plan and data say about one module."""
    real = Facts(columns=plan.columns, files=data_files(plan, workspace))
    return facts(module, plan.blueprint, plan.contract, real=real, task=plan.task)


def data_files(plan: FolderPlan, workspace: Workspace) -> tuple[str, ...]:
    """Names in the competition's folder; none where the data lie elsewhere, as in an archive."""
    files = sorted(path.name for path in workspace.folder.iterdir())
    first = PurePosixPath(plan.task.train_file).parts[:1] if plan.task else ()
    return tuple(files) if first and first[0] in files else ()


def bindings(
    modules: Sequence[Module],
    plan: FolderPlan,
    workspace: Workspace,
    found: Sequence[Violation],
) -> tuple[list[Violation], list[str]]:
    """Rung 2 against what prep gave last, for the modules that Python can read."""
    unread = {one.place.file for one in found if one.code.startswith("IIML0")}
    readable = [one for one in modules if one.label not in unread]
    prep = next((one for one in readable if one.name == "prep"), None)
    models = [one for one in readable if one.name != "prep"]
    if prep is None or plan.contract is None or not models:
        return [], []
    last = last_prepared(workspace, prep)
    if last is None:
        return [], [NOT_LOOKED]
    violations = [
        violation
        for model in models
        for violation in binding_violations(
            model, plan.contract, last.observations, plan.view(model), rows=last.rows, prep=prep
        )
        if last.current or violation.code not in OF_DATA
    ]
    return violations, [] if last.current else [STALE]
