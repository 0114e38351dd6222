"""The command `run`: one pipeline, supervised, with its output in this terminal."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.errors import CompetitionError
from iiml_codegen.execution.accelerator import claim, usable_accelerator
from iiml_codegen.execution.environment import available_memory, cores, find_interpreter
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.supervisor import script_command
from iiml_codegen.viewing.attached import LogTail
from iiml_codegen.viewing.console import command_line
from iiml_codegen.workspace import Workspace

LOOK_SECONDS = 0.1
NO_LIMIT = 30 * 86_400.0
"""Seconds: a run that somebody watches may take as long as it likes."""


@dataclass(frozen=True)
class PipelineRun:
    """What to run: the pipeline and the folders that it reads and writes."""

    pipeline: Path
    data_dir: Path | None = None
    out: Path | None = None
    save: Path | None = None
    load: Path | None = None
    interpreter: str | None = None
    work: Path | None = None


def run_command(wanted: PipelineRun) -> int:
    """Run a pipeline and show its log; 0 if it ended well, else 1. Raises `CompetitionError`."""
    if not wanted.pipeline.is_file():
        raise CompetitionError(
            f"no pipeline {wanted.pipeline}", hint="for example iiml/pipeline_traditional.py"
        )
    spec = _spec(wanted)
    accelerator = usable_accelerator(Path(spec.interpreter))
    claim(accelerator)
    print("Computes on", accelerator, flush=True)
    print("$", command_line(script_command(spec)), flush=True)
    result = _watch(spec)
    print(f"{result.status} after {result.seconds:.1f} s", result.reason, flush=True)
    return 0 if result.ok else 1


def _spec(wanted: PipelineRun) -> RunSpec:
    pipeline = wanted.pipeline.resolve()
    beside = pipeline.parent.parent if pipeline.parent.name == "iiml" else Path.cwd()
    if wanted.work is not None:
        wanted.work.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(wanted.data_dir or beside, wanted.work).create()
    name = f"{pipeline.stem}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder = workspace.run(name)
    out = (wanted.out or folder / "submission.csv").resolve()
    arguments = ["--data-dir", str(workspace.folder), "--out", str(out)]
    for flag, place in (("--save", wanted.save), ("--load", wanted.load)):
        arguments += [flag, str(place.resolve())] if place else []
    writable = [out.parent, *([wanted.save.resolve()] if wanted.save else [])]
    return RunSpec(
        id=name,
        script=str(pipeline),
        folder=str(folder),
        interpreter=str(find_interpreter(wanted.interpreter)),
        purpose="run",
        arguments=tuple(arguments),
        threads=cores(),
        wall_seconds=NO_LIMIT,
        memory_bytes=available_memory(),
        writable=tuple(str(place) for place in writable),
    )


def _watch(spec: RunSpec) -> RunResult:
    """Run in a thread, print its log as it grows; Ctrl-C stops the script."""
    runner = Runner(reuse=False)
    results: list[RunResult] = []
    work = threading.Thread(target=lambda: results.append(runner.run(spec)))
    log = LogTail(Path(spec.folder) / "log.txt")
    work.start()
    while work.is_alive():
        try:
            work.join(LOOK_SECONDS)
        except KeyboardInterrupt:
            runner.stop(spec.id)
        _print(log.lines())
    _print(log.lines(final=True))
    return results[0] if results else RunResult(id=spec.id, status="lost")


def _print(lines: list[str]) -> None:
    for text in lines:
        print(text, file=sys.stdout, flush=True)
