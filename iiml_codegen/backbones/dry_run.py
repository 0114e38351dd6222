"""A solve's questions without their answers: the expert plans, models' agents fill prompts in."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from iiml_codegen.agents import expert_agents
from iiml_codegen.backbones.agents.coding import CodingTask
from iiml_codegen.backbones.agents.modeling_coder import BackboneModelingCoder
from iiml_codegen.backbones.agents.preprocessing_coder import BackbonePreprocessingCoder
from iiml_codegen.backbones.asking import NoAnswerError
from iiml_codegen.backbones.digest import Digest
from iiml_codegen.backbones.planning_line import PlanningLine
from iiml_codegen.backbones.recorder import PromptRecorder, RecordedPrompt
from iiml_codegen.backbones.setup import Asking
from iiml_codegen.budget import Budget
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.environment import cores, find_interpreter
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.solver import Orders
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.integration.installed import InstalledLibraries
from iiml_codegen.journal import Journal
from iiml_codegen.solve import Planned, plan
from iiml_codegen.workspace import Workspace

PLANNING_SECONDS = 3_600.0


def prompts_of(workspace: Workspace, orders: Orders) -> tuple[RecordedPrompt, ...]:
    """What would be sent before any answer is there. Nothing is sent, kept or written.

    Raises what planning raises, as `CompetitionError` for a folder that is not understood.
    """
    asking, options = orders.asking or Asking(), orders.options
    recorder = PromptRecorder(
        {setup.name: setup for setup in asking.setups},
        default=options.backbone,
        agents=options.agent_backbones,
        share_values=options.share_values,
    )
    with _beside(workspace, options, recorder) as context:
        planned = plan(context, expert_agents(options, context.worker))
        _ask_planners(recorder, context, planned)
        _ask_coders(recorder, context, planned)
    return recorder.recorded


@contextmanager
def _beside(
    workspace: Workspace, options: SolveOptions, recorder: PromptRecorder
) -> Iterator[SolveContext]:
    """A context whose files go to a temporary folder."""
    python = find_interpreter(options.interpreter)
    with tempfile.TemporaryDirectory(prefix="iiml-prompts-") as folder:
        work = Workspace(workspace.folder, Path(folder)).create()
        worker = WorkerClient(python, work.worker_log, threads=cores(options.cores))
        with closing(Journal(work.journal)) as journal, closing(worker):
            context = SolveContext(
                workspace=work,
                options=msgspec.structs.replace(options, learn=False),
                journal=journal,
                runner=Runner(journal),
                worker=worker,
                budget=Budget(PLANNING_SECONDS),
                stop=threading.Event(),
                interpreter=python,
                asker=recorder,
            )
            try:
                yield context
            finally:
                context.runner.stop_all()


def _ask_planners(recorder: PromptRecorder, context: SolveContext, planned: Planned) -> None:
    line = PlanningLine(recorder, context, folder=planned.folder)
    with suppress(NoAnswerError):
        line.plan(
            planned.task, planned.profile, planned.knowledge, planned.blueprint, planned.contract
        )


def _ask_coders(recorder: PromptRecorder, context: SolveContext, planned: Planned) -> None:
    """The coders, as if the model had planned what the expert plans."""
    digest = Digest(share_values=recorder.share_values)
    folds = planned.blueprint.folds
    with closing(InstalledLibraries(context.interpreter)) as installed:
        given = CodingTask(
            task=planned.task,
            profile=planned.profile,
            contract=planned.contract,
            files=tuple(sorted(path.name for path in Path(planned.folder).iterdir())),
            installed=installed,
            folds=f"Scored out of fold on {folds.folds} {folds.strategy} folds.",
            advice=tuple(digest.knowledge(planned.knowledge).splitlines()),
            digest=f"{digest.task(planned.task)}\n{digest.profile(planned.profile, planned.task)}",
        )
        with suppress(NoAnswerError):
            BackbonePreprocessingCoder(recorder, given).write(planned.blueprint)
        coder = BackboneModelingCoder(recorder, given)
        firsts = {member.track: member for member in reversed(planned.blueprint.members)}
        for track in context.options.tracks:
            with suppress(NoAnswerError):
                if track in firsts:
                    coder.write(planned.blueprint, firsts[track])
