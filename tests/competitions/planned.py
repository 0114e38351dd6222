"""A small competition with its plan and modules in `iiml/`, as a solve would leave them."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from competitions import write_competition
from iiml_codegen.agents import expert_agents
from iiml_codegen.budget import Budget
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.journal import Journal
from iiml_codegen.solve import plan
from iiml_codegen.workspace import Workspace


def planned_folder(
    folder: Path, kind: str = "binary", rows: int = 240, folds: int = 0
) -> Workspace:
    """Write a competition, let the expert plan it, and promote prep and its first model."""
    write_competition(folder, kind, rows=rows)
    workspace = Workspace(folder).create()
    options = SolveOptions(interpreter=sys.executable, tracks=("traditional",), folds=folds)
    worker = WorkerClient(Path(sys.executable), workspace.worker_log)
    journal = Journal(workspace.journal)
    context = SolveContext(
        workspace=workspace,
        options=options,
        journal=journal,
        runner=Runner(journal),
        worker=worker,
        budget=Budget(600.0),
        stop=threading.Event(),
        interpreter=Path(sys.executable),
    )
    try:
        agents = expert_agents(options, worker)
        blueprint = plan(context, agents).blueprint
        workspace.promote("prep.py", agents.preprocessing_coder.write(blueprint))
        model = agents.modeling_coder.write(blueprint, blueprint.members[0])
        workspace.promote("model_traditional.py", model)
    finally:
        worker.close()
        journal.close()
    return workspace
