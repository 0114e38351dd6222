"""A competition that the expert has planned, with all that agents beside it are given."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.agents import expert_agents
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.budget import Budget
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.journal import Journal
from iiml_codegen.solve import Planned, look, plan
from iiml_codegen.workspace import Workspace


@dataclass(frozen=True)
class PlannedSolve:
    """What stands after Phase I."""

    context: SolveContext
    inventory: Inventory
    planned: Planned


@contextmanager
def planned_solve(
    folder: Path, options: SolveOptions | None = None, asker: Asker | None = None
) -> Iterator[PlannedSolve]:
    """Plan the competition in `folder` by the expert; `asker` may correct a guessed metric."""
    options = options or SolveOptions(tracks=("traditional",))
    workspace = Workspace(folder).create()
    worker = WorkerClient(Path(sys.executable), workspace.worker_log)
    journal = Journal(workspace.journal)
    context = SolveContext(
        workspace=workspace,
        options=options,
        journal=journal,
        runner=Runner(journal),
        worker=worker,
        budget=Budget(options.budget),
        stop=threading.Event(),
        interpreter=Path(sys.executable),
        asker=asker,
    )
    try:
        planned = plan(context, expert_agents(options, worker))
        yield PlannedSolve(context, look(context), planned)
    finally:
        worker.close()
        journal.close()
