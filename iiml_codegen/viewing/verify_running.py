"""Rungs 3 and up: the modules of a folder are run on a sample of its data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from iiml_codegen.domain.fault import Fault, Place, Violation
from iiml_codegen.execution.lock import holder
from iiml_codegen.integration.binding_evidence import Rows
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.ladder import Climb, Ladder
from iiml_codegen.search.reopened import module_pair, own_name, reopened
from iiml_codegen.viewing.verify_files import ModuleFile, module_files, proposals
from iiml_codegen.viewing.verify_folder import Verdict, look, verdict
from iiml_codegen.viewing.verify_plan import keep_observed
from iiml_codegen.workspace import Workspace

OF_LEAKS = 5
"""The rung of scores, to which the leak tests belong; they take several runs of their own."""


@dataclass
class Climbed:
    """What all climbs of a folder found."""

    violations: list[Violation] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def add(self, climb: Climb) -> None:
        """What one climb found: what ended it is told once, where it is told best.

        A violation of a run's files, such as its submission, gives way to the fault that was traced
        back to a module.
        """
        fault, found = climb.fault, climb.violations
        if fault is not None and not told(climb):
            found = [one for one in found if one.code != fault.code or in_module(one.place)]
            if not any(same(fault, other) for other in self.faults):
                self.faults.append(fault)
        self.violations += found


def look_by_running(workspace: Workspace, rung: int, interpreter: str | None) -> Verdict:
    """All rungs up to `rung`; a folder whose modules break a static rule is not run.

    Raises `CompetitionError` for a folder that was never solved.
    """
    still, files = look(workspace, 1), module_files(workspace)
    if still.failed:
        note = "nothing was run: mend what is above first"
        return verdict(workspace, 1, files, still.violations, [note])
    with reopened(workspace, interpreter=interpreter) as bench, leftovers_removed(workspace):
        found = climbed(bench, files, rung)
    violations = [*still.violations, *found.violations, *proposals(files)]
    return verdict(workspace, rung, files, violations, faults=found.faults)


def climbed(bench: Bench, files: Sequence[ModuleFile], rung: int) -> Climbed:
    """Climb with prep and each model; what ends a climb is one of its violations or a fault."""
    found = Climbed()
    for model in run_models(files):
        code = pair(bench, files, model)
        if code is None:
            continue
        climb = Ladder(bench, leaks=rung >= 5).climb(code, upto=rung)
        if code.observations:
            keep_observed(bench.context.workspace, code.prep, code.observations, rows_of(bench))
        found.add(climb)
    return found


def rows_of(bench: Bench) -> Rows:
    """How many rows prep reads in the sample."""
    shadow = bench.shadow(0)
    return Rows(shadow.train_rows, shadow.n_fold + bench.shadows.test_rows)


def told(climb: Climb) -> bool:
    """Whether the violations say already, at a place in a module, what ended a climb."""
    fault = climb.fault
    return fault is not None and any(
        one.code == fault.code and one.severity == "error" and in_module(one.place)
        for one in climb.violations
    )


def in_module(place: Place) -> bool:
    """Whether a place is in what a person edits."""
    return place.file.endswith(".py")


def same(one: Fault, other: Fault) -> bool:
    """Whether two faults are one: with each model, prep fails in the same way."""
    return (one.code, one.message, one.place) == (other.code, other.message, other.place)


def run_models(files: Sequence[ModuleFile]) -> list[str]:
    """The file names of models that are there."""
    return [one.label for one in files if one.module is not None and one.module.name != "prep"]


def pair(bench: Bench, files: Sequence[ModuleFile], model: str) -> CandidateCode | None:
    """Prep and a model as a candidate of their own; None where one of them is missing."""
    texts = {one.label: one.module.text for one in files if one.module is not None}
    if "prep.py" not in texts or model not in texts:
        return None
    name = f"{own_name()}-{model.removesuffix('.py')}"
    return module_pair(bench, name, texts["prep.py"], texts[model])


@contextmanager
def leftovers_removed(workspace: Workspace) -> Iterator[None]:
    """Take away the candidates and runs of this look when it is over, but none of a solver's."""
    folders = (workspace.candidates, workspace.runs)
    before = {path for folder in folders for path in folder.glob("*")}
    try:
        yield
    finally:
        alone = holder(workspace.lock) is None
        for folder in folders:
            new = sorted(set(folder.glob("*")) - before)
            for path in new if alone else sorted(folder.glob(f"{own_name()}-*")):
                shutil.rmtree(path, ignore_errors=True)
