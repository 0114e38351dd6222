"""Prep is run, what it gives is checked clause by clause, and models are bound to what it gave."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from iiml_codegen.domain.contract import Breach, Observation
from iiml_codegen.domain.events import CandidateUpdated, FaultFound, Note
from iiml_codegen.domain.fault import Fault, Violation
from iiml_codegen.domain.run import RunSpec
from iiml_codegen.domain.wire import Frozen, to_json, to_plain
from iiml_codegen.errors import BindingError, IimlError
from iiml_codegen.execution import worker_client
from iiml_codegen.integration.binder import Settle, bind
from iiml_codegen.integration.binding_evidence import Rows
from iiml_codegen.integration.binding_places import binding_violations
from iiml_codegen.integration.contract_sides import clause_violation
from iiml_codegen.integration.error_analyzer import violation_fault
from iiml_codegen.integration.usage_checks import usage_violations
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.repair import Launch, MakeSpec, Repairer
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


class Checked(Frozen):
    """What the worker saw when it looked at prep's outputs."""

    observations: tuple[Observation, ...]
    violations: tuple[Breach, ...]


class Answered(Frozen):
    """The worker's answer in a file."""

    result: Checked | None = None
    error: dict[str, str] | None = None


def check_prep(
    bench: Bench, attempts: list[Attempt], repairer: Repairer, sample: Shadow | None
) -> list[Attempt]:
    """Run prep on a sample, then on all; check the contract; bind models to what was observed.

    Raises IimlError when prep cannot be run; a model that breaks or cannot be bound is left out.
    """
    left = attempts_with_prep(bench, attempts, repairer, sample)
    first = left[0].code
    without = set(bench.context.options.without)
    if "modules" in without:
        return left
    checked = None
    if "verification" not in without:
        checked = kept_contract(bench, repairer, first, bench.shadow(0))
    for attempt in left[1:]:
        attempt.code.prep = first.prep
    return [a for a in left if bound(bench, a, checked.observations)] if checked else left


def attempts_with_prep(
    bench: Bench, attempts: list[Attempt], repairer: Repairer, sample: Shadow | None
) -> list[Attempt]:
    """The candidates from the first one on with which prep runs; those before it are given up."""
    for number, attempt in enumerate(attempts):
        problem, in_prep = run_prep(bench, repairer, attempt.code, sample)
        if not problem:
            return attempts[number:]
        last = number == len(attempts) - 1
        if in_prep or last or bench.context.stop.is_set():
            raise IimlError(f"prep.py failed: {problem}", hint="see iiml/runs", code="IIML300")
        give_up(bench, attempt, problem)
    raise IimlError("the plan has no model to try", code="IIML300")


def run_prep(
    bench: Bench, repairer: Repairer, code: CandidateCode, sample: Shadow | None
) -> tuple[str, bool]:
    """What is wrong when prep runs in this candidate's pipeline, and whether prep is to blame.

    Raises IimlError where the clock ended it.
    """
    try:
        code.write()
    except IimlError as error:
        return str(error), False
    steps: list[MakeSpec] = [partial(prepare_spec, bench, code, bench.shadow(0))]
    with ThreadPoolExecutor(1) as beside:
        if code.extracts():
            steps.insert(0, partial(extract_spec, bench, code))
            beside.submit(repairer.launch, code, steps[0])
        if sample:  # its model may fail: that is found again when its turn comes
            repairer.run(code, partial(sample_spec, bench, code, sample))
    for make_spec in steps:
        result = repairer.run(code, make_spec)
        if result.status in ("timeout", "stopped"):
            said = f"prep.py was not ready in time: {result.reason}"
            raise IimlError(said, hint="give more time: --budget", code="IIML300")
        if not result.ok:
            last = result.log_tail.strip().splitlines()[-1:]
            place = repairer.locate(code, result).place
            return (last or [result.reason])[0], place is not None and place.file == "prep.py"
    return "", False


def kept_contract(
    bench: Bench, repairer: Repairer, code: CandidateCode, shadow: Shadow
) -> Checked | None:
    """Check the contract; repair prep where a clause is broken, and warn where none helps."""
    try:
        checked = check_contract(bench, code, shadow)
    except IimlError as error:
        warn(bench, str(error))
        return None
    for broken in checked.violations:
        checked = without_violation(bench, repairer, code, shadow, checked, broken)
    for broken in checked.violations:
        found = violation_of(bench, code, broken)
        place = f"{found.place.file}:{found.place.line}"
        hint = f" ({found.hint})" if found.hint else ""
        warn(bench, f"{place} {found.code} {found.clause} {found.message}{hint}")
    return checked


def without_violation(
    bench: Bench,
    repairer: Repairer,
    code: CandidateCode,
    shadow: Shadow,
    checked: Checked,
    broken: Breach,
) -> Checked:
    """What is seen after the repairs of one broken clause; as before where none helps."""
    fault = violation_fault(violation_of(bench, code, broken), code.modules())
    bench.context.journal.append(FaultFound(fault=fault, candidate=code.id))
    latest = checked

    def again() -> Fault | None:
        nonlocal latest
        result = repairer.launch(code, partial(prepare_spec, bench, code, shadow))
        if not result.ok:
            return repairer.locate(code, result) if result.status == "failed" else fault
        latest = check_contract(bench, code, shadow)
        mended = len(latest.violations) < len(checked.violations)
        return None if mended and broken not in latest.violations else fault

    return latest if repairer.mend(code, fault, again) else checked


def violation_of(bench: Bench, code: CandidateCode, broken: Breach) -> Violation:
    """A broken clause with its place in prep, and with the line of the model that needs it."""
    model = code.member_module().module
    contract, blueprint = bench.contract_of(code), bench.blueprint_of(code)
    return clause_violation(code.prep_module(), contract, broken, model, blueprint)


def check_contract(
    bench: Bench, code: CandidateCode, shadow: Shadow, launch: Launch | None = None
) -> Checked:
    """Let the worker look at the prepared outputs, in a guarded process of its own."""
    name, rows = run_id(code, "check"), rows_of(bench, shadow)
    folder = bench.context.workspace.run(name)
    folder.mkdir(parents=True, exist_ok=True)
    request, answer = folder / "request.json", folder / "answer.json"
    prepared = prepared_file(bench, code, shadow)
    params = {
        "prepared": str(prepared),
        "contract": to_plain(bench.contract_of(code)),
        "rows": {"train": rows.train, "test": rows.test},
        "folder": shadow.data,
        "task": to_plain(bench.task),
    }
    bench.context.workspace.write_bytes(request, to_json(params))
    if not bench.context.resumed:
        answer.unlink(missing_ok=True)
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
        refused_reads=bench.context.workspace.private(),
        allowed_reads=(str(prepared), str(shadow.folder())),
    )
    result = launch(code, spec) if launch else bench.context.runner.run(spec)
    if not answer.is_file():
        raise IimlError(f"the contract could not be checked: {result.status}", code="IIML302")
    answered = msgspec.json.decode(answer.read_bytes(), type=Answered)
    if answered.result is None:
        message = (answered.error or {}).get("message", result.status)
        raise IimlError(f"the contract could not be checked: {message}", code="IIML302")
    return answered.result


def bind_model(bench: Bench, code: CandidateCode, shadow: Shadow) -> list[Violation]:
    """Bind a model to what prep gave when it was observed last; why not, where it is a guess."""
    module, view = code.member_module().module, code.member.view
    rows, prep, seen = rows_of(bench, shadow), code.prep_module(), code.observations
    settle = settled_once(bench, code)
    found = [
        *binding_violations(
            module, bench.contract_of(code), seen, view, rows=rows, prep=prep, settle=settle
        ),
        *usage_violations(module, bench.contract_of(code), seen, view, prep),
    ]
    if not any(one.severity == "error" for one in found):
        code.bindings = bind(bench.contract_of(code), seen, module, view, rows, settle)
    return found


def settled_once(bench: Bench, code: CandidateCode) -> Settle:
    """Ties go to the assembler, if the solve has one; each is asked about once."""
    assembler = bench.agents.assembler
    known: dict[tuple[str, str], tuple[str, str] | None] = {}

    def settle(tie: BindingError) -> tuple[str, str] | None:
        about = (tie.code, tie.parameter or tie.output)
        if assembler is not None and about not in known:
            known[about] = assembler.choose(tie, code.model, code.observations)
        return known.get(about)

    return settle


def rows_of(bench: Bench, shadow: Shadow) -> Rows:
    """How many rows the tables of a shadow have."""
    return Rows(train=shadow.train_rows, test=shadow.n_fold + bench.shadows.test_rows)


def bound(bench: Bench, attempt: Attempt, observations: tuple[Observation, ...]) -> bool:
    """Bind one model to the outputs; False, with the reason on record, where that is a guess."""
    attempt.code.observations = observations
    found = bind_model(bench, attempt.code, bench.shadow(0))
    broken = [one for one in found if one.severity == "error"]
    if broken:
        give_up(bench, attempt, f"{broken[0].code} {broken[0].message}")
    return not broken


def give_up(bench: Bench, attempt: Attempt, why: str) -> None:
    """Leave a candidate out, with the reason on record."""
    attempt.status, attempt.note = "failed", why
    bench.context.journal.append(CandidateUpdated(candidate=attempt.as_candidate()))
    warn(bench, f"{attempt.id} failed: {why}")


def warn(bench: Bench, text: str) -> None:
    """Tell the reader of the journal."""
    bench.context.journal.append(Note(level="warning", text=text))
