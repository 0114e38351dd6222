"""What the report tells of the candidate that was handed in, measured at the end of a solve.

Nothing waits for it: what no time is left for, or what fails, is left out with its reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import structs

from iiml_codegen.domain.diagnosis import (
    Diagnosis,
    DiagnosisPart,
    Errors,
    Importance,
    LearningPoint,
)
from iiml_codegen.domain.events import Note
from iiml_codegen.domain.run import RunSpec
from iiml_codegen.domain.wire import Frozen, to_json
from iiml_codegen.errors import IimlError, WorkerError
from iiml_codegen.files import FileHeldError
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import SCORING_SECONDS, Bench
from iiml_codegen.search.refit_plan import RefitPlan
from iiml_codegen.search.specs import encoded_arguments, prepared_file, shadow_spec
from iiml_codegen.search.worker_run import Question, ask

SHARES = (0.25, 0.5, 1.0)
"""Of the training rows of a fold, for the learning curve; the whole one last."""
OVERHEAD_SECONDS = 4.0
NO_TIME = "no time of the budget was left for it"


class Fit(Frozen):
    """What one run of a variation is given; `learned` are rows that it has learned from.

    `chosen` says which of all rows each of its training and test rows is.
    """

    prepared: str
    valid: str
    learned: str
    chosen: str
    rows: int


class Varied(Frozen):
    """The worker's answer: one fit per share, the last with `columns` shuffled one by one."""

    asked: str
    fits: tuple[Fit, ...]
    columns: tuple[str, ...]


class Values(Frozen):
    """The metric of each block."""

    values: tuple[float | None, ...]


def diagnose(bench: Bench, plan: RefitPlan) -> None:
    """Measure, and keep it in `iiml/.generated/diagnosis.json` for the report."""
    missing: dict[DiagnosisPart, str] = {}
    errors = errors_of(bench, plan, missing)
    learner = plan.attempts[0]
    learning, importance = variations_of(bench, learner, missing)
    found = Diagnosis(
        candidate=plan.id,
        metric=bench.task.metric,
        errors=errors,
        learner=learner.id,
        learning=learning,
        importance=importance,
        missing=missing,
    )
    workspace = bench.context.workspace
    try:
        workspace.write_bytes(workspace.diagnosis, to_json(found))
    except FileHeldError as error:
        bench.context.journal.append(Note(level="warning", text=str(error)))


def errors_of(bench: Bench, plan: RefitPlan, missing: dict[DiagnosisPart, str]) -> Errors | None:
    """Which rows are answered wrong, from the out-of-fold predictions that are there anyway."""
    ensemble = plan.ensemble
    params = {
        **bench.scoring(),
        "candidates": [{"id": a.id, "folds": bench.fold_files(a.raws)} for a in plan.attempts],
        "method": ensemble.method,
        "parameters": ensemble.parameters,
        "names": list(bench.task.classes),
    }
    try:
        worker = bench.context.worker
        errors = worker.call_typed("diagnose", params, Errors, timeout=SCORING_SECONDS)
    except IimlError as error:
        missing["confusion"] = missing["residuals"] = str(error)
        return None
    if errors.why_not:
        missing["confusion"] = errors.why_not
    return errors


def variations_of(
    bench: Bench, learner: Attempt, missing: dict[DiagnosisPart, str]
) -> tuple[tuple[LearningPoint, ...], tuple[Importance, ...]]:
    """Learning curve and importance of the best member alone, by fitting it three times more."""
    seconds = OVERHEAD_SECONDS + 1.5 * sum(SHARES) * learner.expected_seconds()
    if "modules" in bench.context.options.without:
        missing["learning"] = missing["importance"] = "one script has no prepared views to vary"
        return (), ()
    if bench.task.kind == "text":
        missing["learning"] = missing["importance"] = "not measured for texts"
        return (), ()
    if bench.task.layout.pixels:
        missing["learning"] = missing["importance"] = "pixels of pictures cannot be parted"
        return (), ()
    if seconds > bench.seconds_left:
        missing["learning"] = missing["importance"] = NO_TIME
        return (), ()
    try:
        varied = vary(bench, learner, seconds)
        points, values = measured(bench, learner, varied)
    except (IimlError, OSError) as error:
        missing["learning"] = missing["importance"] = str(error)
        return (), ()
    importance = importance_of(bench, varied.columns, values)
    if learner.code.encodes():
        missing["importance"] = "its rows are encoded once, not column by column"
    elif not varied.columns:
        missing["importance"] = f"the columns of {learner.member.view!r} have no names"
    elif not importance:
        missing["importance"] = f"{bench.task.metric} has no value on the withheld rows"
    return points, importance


def vary(bench: Bench, learner: Attempt, seconds: float) -> Varied:
    """Have the variations written, guarded, as what prep gave is unpickled for it."""
    shadow, folder = bench.shadow(0), folder_of(bench, learner)
    folder.mkdir(parents=True, exist_ok=True)
    prepared = prepared_file(bench, learner.code, shadow)
    params = {
        "prepared": str(prepared),
        "out": str(folder),
        "view": learner.member.view,
        "others": list(learner.member.others),
        "encoded": learner.code.encodes(),
        "shares": list(SHARES),
        "seed": bench.context.options.seed,
        "rows": shadow.rows,
        "fold_rows": shadow.fold_rows,
        "valid": shadow.valid,
        "train_rows": shadow.train_rows,
    }
    question = Question(
        verb="vary_prepared",
        params=params,
        purpose="vary what prep gave",
        candidate=learner.id,
        allowed=(str(shadow.folder()), str(prepared)),
        writable=(str(folder),),
    )
    return ask(bench, question, Varied, seconds)


def measured(
    bench: Bench, learner: Attempt, varied: Varied
) -> tuple[tuple[LearningPoint, ...], Sequence[float | None]]:
    """Run each fit; the points of the curve, and the last one's value for each shuffled column."""
    runner = bench.context.runner
    specs = [fit_spec(bench, learner, fit, number) for number, fit in enumerate(varied.fits)]
    with ThreadPoolExecutor(bench.lanes) as pool:
        results = list(pool.map(runner.run, specs))
    points: list[LearningPoint] = []
    values: Sequence[float | None] = ()
    for fit, spec, result in zip(varied.fits, specs, results, strict=True):
        if not result.ok:
            raise WorkerError(f"its fit on {fit.rows} rows ended as {result.status}")
        shuffled = len(varied.columns) if fit is varied.fits[-1] else 0
        blocks = [varied.asked, fit.learned, *([varied.asked] * shuffled)]
        params = {
            **bench.scoring(),
            "raw": str(Path(spec.folder) / "raw.npy"),
            "blocks": [{"rows": rows} for rows in blocks],
        }
        worker = bench.context.worker
        values = worker.call_typed("score_variations", params, Values, SCORING_SECONDS).values
        points.append(LearningPoint(rows=fit.rows, withheld=values[0], training=values[1]))
    return tuple(points), values


def fit_spec(bench: Bench, learner: Attempt, fit: Fit, number: int) -> RunSpec:
    """A fold's run on a variation of its prepared views."""
    shadow, what = bench.shadow(0), f"diagnosis {number}"
    name = f"{learner.id}-{what.replace(' ', '-')}-{learner.code.text}"
    folder = bench.context.workspace.run(name)
    encoded = encoded_arguments(bench, learner.code)
    arguments = (
        *("--data-dir", shadow.data, "--prepared", fit.prepared, "--valid", fit.valid),
        *(("--rows", fit.chosen, *encoded) if encoded else ()),
        *("--seed", str(bench.context.options.seed), "--threads", "1"),
        *("--raw", str(folder / "raw.npy"), "--report", str(folder / "report.json")),
    )
    spec = shadow_spec(bench, learner.code, shadow, what, arguments, bench.wall_limit())
    return structs.replace(
        spec, allowed_reads=(*spec.allowed_reads, str(folder_of(bench, learner)))
    )


def importance_of(
    bench: Bench, columns: Sequence[str], values: Sequence[float | None]
) -> tuple[Importance, ...]:
    """How much worse each shuffled column makes the score, the worst first."""
    base, sign = (values[0] if values else None), 1.0 if bench.task.greater_is_better else -1.0
    if base is None:
        return ()
    drops = [
        Importance(column=column, drop=sign * (base - value))
        for column, value in zip(columns, values[2:], strict=True)
        if value is not None
    ]
    return tuple(sorted(drops, key=lambda one: -one.drop))


def folder_of(bench: Bench, learner: Attempt) -> Path:
    """Where variations lie: they hold what withheld rows look like, so beside the shadow's own."""
    return bench.cache / "diagnosis" / learner.code.text
