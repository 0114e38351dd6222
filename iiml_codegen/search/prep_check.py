"""Prep is run, what it gives is checked clause by clause, and models are bound to what it gave."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from iiml_codegen.domain.contract import Observation
from iiml_codegen.domain.events import CandidateUpdated, Note
from iiml_codegen.domain.run import RunSpec
from iiml_codegen.domain.wire import Frozen, to_json, to_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.execution import worker_client
from iiml_codegen.integration.binder import bind
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.sample_run import sample_spec
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.specs import (
    extract_spec,
    memory_limit,
    prepare_spec,
    prepared_file,
    run_id,
)

CHECK_SECONDS = 120.0


class BrokenClause(Frozen):
    """A clause that the live objects do not meet."""

    clause: str
    output: str
    message: str


class Checked(Frozen):
    """What the worker saw when it looked at prep's outputs."""

    observations: tuple[Observation, ...]
    violations: tuple[BrokenClause, ...]


class Answered(Frozen):
    """The worker's answer in a file."""

    result: Checked | None = None
    error: dict[str, str] | None = None


def check_prep(
    bench: Bench, attempts: list[Attempt], repairer: Repairer, sample: Shadow | None
) -> list[Attempt]:
    """Run prep on a sample, then on all; check the contract; bind models to what was observed.

    Raises IimlError when prep cannot be run; a model that cannot be bound is left out.
    """
    first, shadow = attempts[0].code, bench.shadow(0)
    first.write()
    seconds = bench.context.options.budget
    with ThreadPoolExecutor(1) as beside:
        if first.extracts():
            beside.submit(bench.context.runner.run, extract_spec(bench, first, seconds))
        if sample:
            settle(bench, repairer, first, lambda: sample_spec(bench, first, sample))
    if first.extracts():
        settle(bench, repairer, first, lambda: extract_spec(bench, first, seconds))
    settle(bench, repairer, first, lambda: prepare_spec(bench, first, shadow, seconds))
    if {"verification", "modules"} & set(bench.context.options.without):
        return attempts
    for attempt in attempts[1:]:
        attempt.code.prep = first.prep
    checked = check_contract(bench, first, shadow)
    for broken in checked.violations:
        text = f"IIML301 {broken.clause} on {broken.output}: {broken.message}"
        bench.context.journal.append(Note(level="warning", text=text))
    return [a for a in attempts if bound(bench, a, checked.observations)]


def settle(
    bench: Bench, repairer: Repairer, code: CandidateCode, make_spec: Callable[[], RunSpec]
) -> None:
    """Run a step of prep; raises IimlError with the end of its log if it fails for good."""
    result = repairer.run(code, make_spec)
    if not result.ok:
        last = result.log_tail.strip().splitlines()[-1:] or [result.reason]
        raise IimlError(
            f"prep.py failed: {last[0]}", hint=f"see iiml/runs/{result.id}/log.txt", code="IIML300"
        )


def check_contract(bench: Bench, code: CandidateCode, shadow: Shadow) -> Checked:
    """Let the worker look at the prepared outputs, in a guarded process of its own."""
    name = run_id(code, "check")
    folder = bench.context.workspace.run(name)
    folder.mkdir(parents=True, exist_ok=True)
    request, answer = folder / "request.json", folder / "answer.json"
    prepared = prepared_file(bench, code, shadow)
    params = {
        "prepared": str(prepared),
        "contract": to_plain(bench.contract),
        "rows": {"train": shadow.train_rows, "test": shadow.n_fold + bench.shadows.test_rows},
    }
    bench.context.workspace.write_bytes(request, to_json(params))
    spec = RunSpec(
        id=name,
        script=str(worker_client.WORKER / "__main__.py"),
        folder=str(folder),
        interpreter=str(bench.context.interpreter),
        purpose="check the contract",
        arguments=("check_contract", str(request), str(answer)),
        candidate=code.id,
        fold=shadow.fold,
        wall_seconds=CHECK_SECONDS,
        memory_bytes=memory_limit(bench) * bench.slots,
        refused_reads=(str(bench.context.workspace.folder), str(bench.cache)),
        allowed_reads=(str(prepared),),
    )
    result = bench.context.runner.run(spec)
    if not answer.is_file():
        raise IimlError(f"the contract could not be checked: {result.status}", code="IIML302")
    answered = msgspec.json.decode(answer.read_bytes(), type=Answered)
    if answered.result is None:
        message = (answered.error or {}).get("message", result.status)
        raise IimlError(f"the contract could not be checked: {message}", code="IIML302")
    return answered.result


def bound(bench: Bench, attempt: Attempt, observations: tuple[Observation, ...]) -> bool:
    """Bind one model to the outputs; False, with the reason on record, where that is a guess."""
    code = attempt.code
    try:
        code.bindings = bind(
            bench.contract, observations, code.member_module().module, code.member.view
        )
    except IimlError as error:
        attempt.status, attempt.note = "failed", f"{error.code} {error}"
        bench.context.journal.append(CandidateUpdated(candidate=attempt.as_candidate()))
        return False
    return True
