"""What a solve is given, and what it hands back."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from iiml_codegen.budget import Budget
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace

if TYPE_CHECKING:
    from iiml_codegen.backbones.asking import Asker
    from iiml_codegen.backbones.web_search import WebSearch


@dataclass(frozen=True)
class SolveContext:
    """Everything around a solve. `stop` is set when the user asks, or the budget is long gone.

    `interpreter` is the absolute path of the Python that computes. `resumed` says that finished
    runs and candidates of the folder count. When `stop` is set, runs end as `stopped` and calls
    of the worker raise `WorkerError`: a solve then keeps what it has and returns. `asker` is None
    where only the expert works, and `hub_token` opens the user's own checkpoints, of which some
    lie in `checkpoint_folders`. `card_bytes` is what runs may share of a graphics card's memory.
    """

    workspace: Workspace
    options: SolveOptions
    journal: Journal
    runner: Runner
    worker: WorkerClient
    budget: Budget
    stop: threading.Event
    interpreter: Path
    resumed: bool = False
    asker: Asker | None = None
    web: WebSearch | None = None
    hub_token: str = field(default="", repr=False)
    checkpoint_folders: tuple[Path, ...] = ()
    card_bytes: int = 0


class SolveResult(Frozen):
    """How a solve ended; `candidate` is the id of the one whose submission stands."""

    status: Literal["solved", "stopped"]
    candidate: str | None = None
    submission: str | None = None
    message: str = ""
