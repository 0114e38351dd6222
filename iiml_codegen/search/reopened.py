"""A solved folder opened again: its plan from disk, and a shadow of few rows to try modules on."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from iiml_codegen.agents import expert_agents
from iiml_codegen.backbones.setup import Asking
from iiml_codegen.budget import Budget
from iiml_codegen.domain.blueprint import Blueprint, Member
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import T, from_json, to_plain
from iiml_codegen.errors import CompetitionError
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.environment import cores, find_interpreter
from iiml_codegen.execution.forks import Forks
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.journal import Journal
from iiml_codegen.search.bench import Bench, constant_score, libraries_of
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.leftovers import own_name
from iiml_codegen.search.shadows import ShadowSet
from iiml_codegen.workspace import Workspace

BUILD_SECONDS = 600.0
LONGEST_RUN = 600.0


@dataclass(frozen=True)
class Limits:
    """What each run may take: seconds and bytes, and how many rows the shadow has at most.

    Without `scores` nobody asks what predictions are worth, so the constant's score is not sought.
    """

    rows: int = 2_000
    seconds: float = LONGEST_RUN
    bytes: int | None = None
    scores: bool = True


ORDINARY = Limits()


@contextmanager
def reopened(
    workspace: Workspace,
    *,
    interpreter: str | None = None,
    limits: Limits = ORDINARY,
    allow_install: bool = False,
    options: SolveOptions | None = None,
    asking: Asking | None = None,
) -> Iterator[Bench]:
    """The plan of an earlier solve with a sample shadow, as a bench for single modules.

    Raises `CompetitionError` for a folder that was never solved. The journal of the folder is left
    alone: what happens here is kept for as long as the block runs. With `asking` the context
    has an asker, within the limits of `options`.
    """
    options = options or SolveOptions()
    workspace.create()
    python, stop = find_interpreter(interpreter), threading.Event()
    worker = WorkerClient(python, workspace.worker_log, threads=cores())
    with tempfile.TemporaryDirectory(prefix="iiml-verify-") as folder:
        journal = Journal(Path(folder) / "journal.sqlite")
        context = SolveContext(
            workspace=workspace,
            options=msgspec.structs.replace(options, allow_install=allow_install),
            journal=journal,
            runner=Runner(journal, forks=Forks()),
            worker=worker,
            budget=Budget(float("inf")),
            stop=stop,
            interpreter=python,
            resumed=True,
        )
        try:
            yield open_bench(with_asker(context, asking), limits)
        finally:
            context.runner.stop_all()
            worker.close()
            libraries_of(python).close()
            journal.close()


def with_asker(context: SolveContext, asking: Asking | None) -> SolveContext:
    """The context with whom it may ask; without, nothing is loaded for that."""
    if asking is None:
        return context
    from iiml_codegen.backbones.solve_asker import solve_asker, solve_search

    asker = solve_asker(
        context.options,
        asking,
        journal=context.journal,
        budget=context.budget,
        stopped=context.stop.is_set,
    )
    return replace(context, asker=asker, web=solve_search(asking, context.journal))


def open_bench(context: SolveContext, limits: Limits) -> Bench:
    """The bench of a folder's own plan, with one shadow of few rows."""
    workspace = context.workspace
    task = planned(workspace.task, TaskSummary)
    blueprint = planned(workspace.blueprint, Blueprint)
    params = {"folder": str(workspace.folder), "cache": str(workspace.cache_dir())}
    folder = str(context.worker.call("unpack", params, timeout=BUILD_SECONDS)["folder"])
    request = {
        "folder": folder,
        "task": to_plain(task),
        "plan": to_plain(blueprint.folds),
        "out": str(workspace.cache_dir() / "sample"),
        "max_rows": limits.rows,
    }
    shadows = context.worker.call_typed("shadows", request, ShadowSet, timeout=BUILD_SECONDS)
    return Bench(
        context=context,
        folder=folder,
        agents=expert_agents(context.options, context.worker),
        task=task,
        profile=planned(workspace.profile, DataProfile),
        blueprint=blueprint,
        contract=planned(workspace.contract, Contract),
        shadows=shadows,
        constant=constant_score(context, task, shadows) if limits.scores else float("nan"),
        run_seconds=limits.seconds,
        run_bytes=limits.bytes,
        prefix=f"{own_name()}-",
    )


def planned(path: Path, kind: type[T]) -> T:
    """A part of the plan. Raises `CompetitionError` where it is missing, or no plan."""
    try:
        return from_json(path.read_bytes(), kind)
    except FileNotFoundError as error:
        message = f"{path} is missing, so that nothing can be run"
        raise CompetitionError(message, hint="run `iiml solve` first") from error
    except msgspec.DecodeError as error:
        raise CompetitionError(f"{path}: {error}", hint="solve again to write it anew") from error


def module_pair(bench: Bench, name: str, prep: str, model: str, label: str = "") -> CandidateCode:
    """Two module texts as a candidate of their own; `name` is its folder under candidates.

    `label` is the model's file name where that does not follow from the plan.
    """
    folder = bench.context.workspace.candidate(name)
    folder.mkdir(parents=True, exist_ok=True)
    member = member_of(bench.blueprint, model)
    return CandidateCode(name, member, folder, prep, model, bench.task, label=label)


def member_of(blueprint: Blueprint, model: str) -> Member:
    """The planned member that a model's text implements, by its markers; else the first."""
    written = {step for step, _, _ in markers(model)}
    return max(
        blueprint.members,
        key=lambda member: len(written & {step.id for step in blueprint.steps_of(member.name)}),
    )
