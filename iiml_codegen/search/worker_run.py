"""A verb of the worker as a supervised run of its own: beside the persistent worker, and guarded.

For what takes long, and for what unpickles what generated code made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from iiml_codegen.domain.run import RunSpec
from iiml_codegen.domain.wire import Frozen, from_plain, to_json
from iiml_codegen.errors import WorkerError
from iiml_codegen.execution import worker_client
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.specs import memory_limit, short_hash

T = TypeVar("T")


class Question(Frozen):
    """A verb with its parameters, what the run is for, and what it may read of what is private.

    `private`: nothing of it but `allowed`; else everything.
    """

    verb: str
    params: dict[str, Any]
    purpose: str
    candidate: str | None = None
    allowed: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    private: bool = True


class Answered(Frozen):
    """The worker's answer in a file."""

    result: Any = None
    error: dict[str, str] | None = None


def ask(bench: Bench, question: Question, kind: type[T], seconds: float) -> T:
    """Run a verb and read its answer; raises WorkerError where there is none."""
    content = to_json({"verb": question.verb, **question.params})
    name = f"{bench.prefix}{question.verb.replace('_', '-')}-{short_hash(content.decode())}"
    folder = bench.context.workspace.run(name)
    folder.mkdir(parents=True, exist_ok=True)
    request, answer = folder / "request.json", folder / "answer.json"
    bench.context.workspace.write_bytes(request, to_json(question.params))
    if not bench.context.resumed:
        answer.unlink(missing_ok=True)
    result = bench.context.runner.run(spec_of(bench, question, name, folder, seconds))
    if not answer.is_file():
        raise WorkerError(f"{question.purpose}: it ended as {result.status} {result.reason}")
    answered = msgspec.json.decode(answer.read_bytes(), type=Answered)
    if answered.error is not None or answered.result is None:
        message = (answered.error or {}).get("message", result.status)
        raise WorkerError(f"{question.purpose}: {message}")
    try:
        return from_plain(answered.result, kind)
    except msgspec.ValidationError as error:
        raise WorkerError(f"{question.purpose}: {error}") from error


def spec_of(bench: Bench, question: Question, name: str, folder: Path, seconds: float) -> RunSpec:
    """The run."""
    arguments = (question.verb, str(folder / "request.json"), str(folder / "answer.json"))
    return RunSpec(
        id=name,
        script=str(worker_client.WORKER / "__main__.py"),
        folder=str(folder),
        interpreter=str(bench.context.interpreter),
        purpose=question.purpose,
        arguments=arguments,
        candidate=question.candidate,
        wall_seconds=seconds,
        memory_bytes=memory_limit(bench) * bench.slots,
        refused_reads=bench.context.workspace.private() if question.private else (),
        allowed_reads=question.allowed,
        writable=question.writable,
    )
