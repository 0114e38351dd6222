"""A run: one execution of a pipeline or module, in a folder of its own."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.wire import Frozen

RunStatus = Literal["ok", "failed", "timeout", "memory", "stopped", "forbidden", "lost"]
"""How a run ended.

`forbidden`: it read a refused folder, whatever it then answered; `lost`: somebody killed it, or
its supervisor, which then left no result; `memory` and `timeout`: a limit of the spec ended it;
`failed`: the rest.
"""

Confinement = Literal["landlock", "hook", "none"]
"""What refused: the kernel and the audit hook, the audit hook alone, or (never started) nothing."""

CHECKPOINTS = "checkpoints"
"""In the folder of a run: where its fits keep how far they came. Only the same run may go on."""


class RunSpec(Frozen):
    """What to run, where, and within which limits. All paths are absolute.

    `folder` is the run's own folder: working directory, home and temporary files of the script,
    always writable. `refused_reads` may contain folders of `writable` and `allowed_reads`: the
    deepest folder that holds a path decides. `script_hash` is filled in by the runner, so that a
    changed script is another run. `fit_seconds` is what its models may fit for, if they ask: no
    limit of the run, which `wall_seconds` is. A `fresh` one is started, not forked: only then
    shows what differs from process to process, such as the order of sets.
    """

    id: str
    script: str
    folder: str
    interpreter: str
    purpose: str
    arguments: tuple[str, ...] = ()
    candidate: str | None = None
    fold: int | None = None
    threads: int = 1
    wall_seconds: float = 600.0
    memory_bytes: int = 4 * 2**30
    refused_reads: tuple[str, ...] = ()
    allowed_reads: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    script_hash: str = ""
    fit_seconds: float | None = None
    fresh: bool = False


class RunResult(Frozen):
    """How a run ended, as its supervisor measured it.

    `seconds` is wall time, `cpu_seconds` that of all its processors together, 0 where the system
    does not tell; `peak_bytes` the largest measured memory of the process tree.
    `forbidden` lists what was refused, one "kind path-or-command" each; only refused reads void a
    run. `reason` says why the supervisor ended it; `log_tail` is the end of `log.txt`.
    """

    id: str
    status: RunStatus
    exit_code: int | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int = 0
    forbidden: tuple[str, ...] = ()
    reason: str = ""
    log_tail: str = ""
    confinement: Confinement = "none"

    @property
    def ok(self) -> bool:
        """Whether what the script wrote may be used."""
        return self.status == "ok"
