"""What steps are worth: a candidate is scored once more on the same folds, with a step left out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePath

import msgspec

from iiml_codegen.domain.events import PhaseStarted, SolveStarted, StepWorth
from iiml_codegen.errors import IimlError
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.verifier import verify
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.comparing import compared
from iiml_codegen.search.left_out import steps_in, without_step
from iiml_codegen.search.specs import fold_spec

SHARE = 0.04
"""Of the budget: what it may take in all."""
SLACK = 1.5
MOST_OF_REST = 0.5
"""Of what is left of the budget then."""


def time_for_it(bench: Bench) -> float:
    """Seconds that leaving steps out may take."""
    return min(SHARE * bench.context.budget.total, MOST_OF_REST * bench.seconds_left)


def tell_worths(bench: Bench, attempt: Attempt) -> None:
    """Put what the steps of the handed-in candidate are worth on record, with time left over.

    Nothing where that was measured while the solve went on, or where time is short.
    """
    context, took = bench.context, attempt.expected_seconds()
    started = context.journal.last(SolveStarted)
    told = context.journal.read(started.seq if started else 0)
    known = [e.event.candidate for e in told if isinstance(e.event, StepWorth)]
    seconds = time_for_it(bench)
    over = context.stop.is_set() or seconds < SLACK * took
    if over or attempt.id in known or {"verification", "modules"} & set(context.options.without):
        return
    title = "Leave steps out to see what each is worth"
    context.journal.append(PhaseStarted(phase="integration", title=title))
    for worth in step_worths(bench, attempt.code, attempt.raws, took, seconds):
        context.journal.append(worth)


def step_worths(
    bench: Bench,
    code: CandidateCode,
    raws: Mapping[int, Path],
    fold_seconds: float,
    seconds: float,
) -> Iterator[StepWorth]:
    """What each step of a scored candidate is worth, as far as it is found within so many seconds.

    On all folds where there is time for that, else on the first. A step without which the module
    does not hold together, or does not run, is left out of the answer.
    """
    deadline = time.monotonic() + seconds
    variants = list(without_each(bench, code))
    folds = affordable_folds(bench, len(variants), sorted(raws), fold_seconds, seconds)
    variants = variants[: most_steps(bench, len(folds), fold_seconds, seconds)]
    with ThreadPoolExecutor(bench.lanes) as pool:
        asked = [
            (step, pool.submit(run, bench, variant, folds, fold_seconds, deadline))
            for step, variant in variants
        ]
        for step, future in asked:
            found = future.result()
            if found:
                base = {fold: raws[fold] for fold in found}
                worth = measured(bench, code, step, base, found)
                if worth is not None:
                    yield worth


def affordable_folds(
    bench: Bench, steps: int, folds: Sequence[int], fold_seconds: float, seconds: float
) -> list[int]:
    """All folds, or the first where time is short."""
    whole = SLACK * steps * len(folds) * fold_seconds / bench.lanes
    return list(folds) if whole <= seconds else list(folds[:1])


def most_steps(bench: Bench, folds: int, fold_seconds: float, seconds: float) -> int:
    """How many steps there is time for."""
    rounds = int(seconds / max(0.1, SLACK * folds * fold_seconds))
    return rounds * bench.lanes


def without_each(bench: Bench, code: CandidateCode) -> Iterator[tuple[str, CandidateCode]]:
    """The candidate without each step for which that can be said, the last steps first."""
    blueprint = bench.blueprint_of(code)
    for file, text in code.modules().items():
        for step in reversed(steps_in(text)):
            left = without_step(text, step)
            if left is None:
                continue
            rest = tuple(one for one in blueprint.steps if one.id != step)
            name = f"{code.id}-without-{step}"
            variant = CandidateCode(
                id=name,
                member=code.member,
                folder=bench.context.workspace.candidate(code.id) / "without" / step,
                prep=left if file == "prep.py" else code.prep,
                model=code.model if file == "prep.py" else left,
                task=code.task,
                bindings=code.bindings,
                label=code.label,
                blueprint=msgspec.structs.replace(blueprint, steps=rest),
                contract=bench.contract_of(code),
            )
            if not broken(bench, variant):
                yield step, variant


def broken(bench: Bench, code: CandidateCode) -> bool:
    """Whether the rules have an error to tell of its texts."""
    texts = code.modules()
    modules = [Module(name=PurePath(f).stem, label=f, text=t) for f, t in texts.items()]
    columns = [column.name for column in bench.profile.columns]
    found = verify(
        modules,
        code.blueprint,
        code.contract,
        columns=columns,
        files=bench.files,
        task=bench.task,
    )
    return any(one.severity == "error" for one in found)


def run(
    bench: Bench, code: CandidateCode, folds: Sequence[int], fold_seconds: float, deadline: float
) -> dict[int, Path]:
    """Raw predictions of a variant for each fold; none where one fails, or would come too late."""
    raws: dict[int, Path] = {}
    try:
        code.folder.mkdir(parents=True, exist_ok=True)
        code.write()
        for fold in folds:
            left = min(deadline - time.monotonic(), bench.seconds_left)
            if left < fold_seconds or bench.context.stop.is_set():
                return {}
            spec = fold_spec(bench, code, bench.shadow(fold))
            limit = min(left, spec.wall_seconds or left)
            result = bench.context.runner.run(msgspec.structs.replace(spec, wall_seconds=limit))
            if not result.ok:
                return {}
            raws[fold] = Path(spec.folder) / "raw.npy"
    except (IimlError, OSError):
        return {}
    return raws


def measured(
    bench: Bench,
    code: CandidateCode,
    step: str,
    base: Mapping[int, Path],
    without: Mapping[int, Path],
) -> StepWorth | None:
    """How much better the candidate is with the step; None where that has no number."""
    try:
        found = compared(bench, base, without)
    except IimlError:
        return None
    return StepWorth(
        step=step,
        candidate=code.id,
        difference=found.difference,
        standard_error=found.standard_error,
        p_better=found.p_better,
        rows=found.rows,
    )
