"""Rungs 3 and up: the modules of a folder are run on a sample of its data."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

import msgspec

from iiml_codegen.backbones.setup import Asking
from iiml_codegen.domain.fault import Fault, Place, Violation
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.wire import to_json
from iiml_codegen.integration.binding_evidence import Rows
from iiml_codegen.integration.verifier import fixed
from iiml_codegen.model_use import total, use_text
from iiml_codegen.offers import drop_outdated, fault_key
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.ladder import Climb, Ladder
from iiml_codegen.search.leftovers import leftovers_removed, own_name
from iiml_codegen.search.reopened import Limits, module_pair, reopened
from iiml_codegen.search.specs import prepared_file, short_hash
from iiml_codegen.viewing.verify_files import ModuleFile, module_files, proposals
from iiml_codegen.viewing.verify_folder import Verdict, known_of, look, verdict
from iiml_codegen.viewing.verify_plan import folder_plan, given_before, keep_observed
from iiml_codegen.viewing.verify_proposing import Failed, Search, proposing
from iiml_codegen.workspace import Workspace

OF_SCORES = 5
"""The rung of scores, to which the leak tests belong; they take several runs of their own."""
NOTHING_RUN = "nothing was run: mend what is above first"
PREP_BROKE = 1
"""The last rung that holds where prep did not run through, or broke a clause."""


@dataclass
class Climbed:
    """What all climbs of a folder found; `failed` are the different faults that ended one."""

    violations: list[Violation] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)

    def add(self, climb: Climb, code: CandidateCode) -> None:
        """What one climb found: what ended it is told once, where it is told best.

        A violation of a run's files, such as its submission, gives way to the fault that was traced
        back to a module.
        """
        fault, found = climb.fault, climb.violations
        if fault is not None:
            if not any(same(fault, other.fault) for other in self.failed):
                self.failed.append(Failed(code, fault))
            if not told(climb):
                found = [one for one in found if one.code != fault.code or in_module(one.place)]
                if not any(same(fault, other) for other in self.faults):
                    self.faults.append(fault)
        self.violations += found


@dataclass(frozen=True)
class Orders:
    """How far to climb, with which Python, and how long patches are searched (None: not at all).

    With `asking` a model proposes patches, too, within the limits of `options`.
    """

    rung: int
    interpreter: str | None = None
    propose_seconds: float | None = None
    options: SolveOptions | None = None
    asking: Asking | None = field(default=None, repr=False)


def looks_by_running(workspace: Workspace, orders: Orders) -> Iterator[Verdict]:
    """All rungs up to `orders.rung`; a folder whose modules break a static rule is not run.

    Where patches are searched, a first verdict comes before that, and one more with each patch.
    Raises `CompetitionError` for a folder that was never solved.
    """
    began, still, files = time.time(), look(workspace, 1), module_files(workspace)
    if still.failed:
        still = msgspec.structs.replace(still, notes=(*still.notes, NOTHING_RUN))
    sure = mended_surely(workspace, still, files)
    hopeless = orders.propose_seconds is None or keys(still) <= sure or not planned(workspace)
    if still.failed and hopeless:
        yield still
        return
    with leftovers_removed(workspace), opened(workspace, orders) as bench:
        ladder = Ladder(bench, leaks=orders.rung >= OF_SCORES)
        now, failed = climbed_look(bench, ladder, still, files, orders.rung)
        drop_outdated(workspace, keys(now), now.rung, began)
        failed = [one for one in failed if fault_key(one.fault) not in sure]
        if orders.propose_seconds is None or not failed:
            yield now
            return
        search = Search(orders.rung, began, orders.propose_seconds)
        asked = with_models(bench, orders.propose_seconds)
        for one in proposing(asked, ladder, now, failed, search):
            yield one if one.searching else with_use(one, bench)


def opened(workspace: Workspace, orders: Orders) -> AbstractContextManager[Bench]:
    """The folder's plan as a bench; somebody is asked only where patches are searched."""
    return reopened(
        workspace,
        interpreter=orders.interpreter,
        limits=Limits(scores=orders.rung >= OF_SCORES),
        options=orders.options,
        asking=orders.asking if orders.propose_seconds is not None else None,
    )


def with_models(bench: Bench, seconds: float) -> Bench:
    """The bench whose faults a model looks at after the expert, if there is one."""
    context = bench.context
    if context.asker is None:
        return bench
    from iiml_codegen.backbones.agents import second_agents

    asker = context.asker.within(seconds)
    agents = second_agents.with_models(bench.agents, asker, context.options, context.web)
    return replace(bench, agents=agents)


def with_use(last: Verdict, bench: Bench) -> Verdict:
    """The last verdict, with what asking models took."""
    use = total(entry.event for entry in bench.context.journal.read())
    if not use.calls and not use.cached:
        return last
    return msgspec.structs.replace(last, notes=(*last.notes, f"models: {use_text(use)}"))


def planned(workspace: Workspace) -> bool:
    """Whether there is a plan, without which nothing can be tried."""
    return workspace.task.exists() and workspace.blueprint.exists()


def climbed_look(
    bench: Bench, ladder: Ladder, still: Verdict, files: Sequence[ModuleFile], rung: int
) -> tuple[Verdict, list[Failed]]:
    """The verdict of all climbs, and the climbs that failed; without runs where `still` failed."""
    workspace = bench.context.workspace
    upto = still.rung if still.failed else rung
    found = climbed(bench, files, ladder, upto)
    violations = [*still.violations, *found.violations, *proposals(files)]
    verdict_now = verdict(workspace, upto, files, violations, still.notes, found.faults)
    return verdict_now, found.failed


def climbed(bench: Bench, files: Sequence[ModuleFile], ladder: Ladder, upto: int) -> Climbed:
    """Climb with prep and each model; what ends a climb is one of its violations or a fault.

    Where prep itself fails, it would fail beside each model in the same way. A text of prep that
    held when it was looked at last is not run again.
    """
    found, workspace = Climbed(), bench.context.workspace
    for model in run_models(files):
        code = pair(bench, files, model)
        if code is None:
            continue
        held = circumstances(bench, ladder, code)
        given = given_before(workspace, held)
        if given is not None:
            ladder.given[code.prep] = given
        climb = ladder.climb(code, upto=upto)
        if code.observations:
            held = held if code.prep in ladder.given else ""
            keep_observed(workspace, code.prep, code.observations, rows_of(bench), held)
        found.add(climb, code)
        if climb.broken and climb.runs and climb.rung == PREP_BROKE:
            break
    return found


def circumstances(bench: Bench, ladder: Ladder, code: CandidateCode) -> str:
    """All that it depends on whether prep holds: its text, sample and contract, and the Python."""
    prepared = str(prepared_file(bench, code, ladder.shadow))
    contract = to_json(bench.contract).decode()
    return short_hash(code.prep, prepared, contract, str(bench.context.interpreter))


def mended_surely(
    workspace: Workspace, still: Verdict, files: Sequence[ModuleFile]
) -> frozenset[str]:
    """The keys of static errors whose rule knows a mend that is sure: they need no search."""
    plan = folder_plan(workspace)
    modules = {one.label: one.module for one in files if one.module is not None}
    found = set()
    for broken in still.violations:
        module = modules.get(broken.place.file)
        if broken.severity == "error" and module is not None:
            known = known_of(module, plan, workspace)
            if fixed(module.label, module.text, broken, known) is not None:
                found.add(fault_key(broken))
    return frozenset(found)


def keys(now: Verdict) -> frozenset[str]:
    """The keys of all faults and errors of a verdict."""
    errors = [one for one in now.violations if one.severity == "error"]
    return frozenset([*map(fault_key, errors), *map(fault_key, now.faults)])


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
    return module_pair(bench, name, texts["prep.py"], texts[model], model)
