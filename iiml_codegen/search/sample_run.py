"""The sample run: a candidate on few rows first, with an estimate of time and memory for all."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from iiml_codegen.domain.candidate import Score
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import SCORING_SECONDS, Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.estimating import Estimate, estimated
from iiml_codegen.search.measured import Measured, measured
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.shadows import Shadow, ShadowSet
from iiml_codegen.search.specs import run_id, shadow_spec

SAMPLE_ROWS = 2_000
SAMPLE_TEST_ROWS = 500
"""Enough to run on; what is dear for each row is not paid for more."""
WORTH_FROM = 3 * SAMPLE_ROWS
FEW_ROWS, FEW_TEST_ROWS = 500, 100
"""Of the first sample of a candidate that encodes rows by a large network."""
BUILD_SECONDS = 120.0
GROWS_ON_CARD = 0.2
"""Of a run on few rows where there is a graphics card: what more rows make longer, roughly."""


@dataclass(frozen=True)
class Sampled:
    """What a run on the sample told: an estimate for all rows, and its score if it has one.

    `on_more` is what a run on `SAMPLE_ROWS` should take, where it had only few of them.
    """

    estimate: Estimate
    score: Score | None
    rows: int
    run: Measured
    on_more: float | None = None


def sample_shadow(bench: Bench) -> Shadow | None:
    """A shadow of few rows; None where all rows are few enough to be the sample."""
    if bench.shadows.train_rows < WORTH_FROM:
        return None
    return shadow_of(bench, SAMPLE_ROWS, SAMPLE_TEST_ROWS)


def few_rows_shadow(bench: Bench) -> Shadow | None:
    """A shadow of fewer rows still; None where all rows are not many more."""
    if bench.shadows.train_rows < 2 * FEW_ROWS:
        return None
    return shadow_of(bench, FEW_ROWS, FEW_TEST_ROWS)


def shadow_of(bench: Bench, rows: int, test_rows: int) -> Shadow:
    """The first fold of a plan over random rows; raises IimlError."""
    params = {
        "folder": bench.folder,
        "task": to_plain(bench.task),
        "plan": to_plain(bench.blueprint.folds),
        "out": str(bench.cache / "sample"),
        "max_rows": rows,
        "max_test_rows": test_rows,
    }
    worker = bench.context.worker
    return worker.call_typed("shadows", params, ShadowSet, timeout=BUILD_SECONDS).folds[0]


def sample_spec(bench: Bench, code: CandidateCode, shadow: Shadow, what: str = "sample") -> RunSpec:
    """The whole pipeline on the sample: extract, prepare, fit and predict in one process."""
    folder = bench.context.workspace.run(run_id(code, what))
    arguments = (
        *("--data-dir", shadow.data, "--valid", shadow.valid, "--threads", "1"),
        *("--seed", str(bench.context.options.seed)),
        *("--raw", str(folder / "raw.npy"), "--report", str(folder / "report.json")),
    )
    return shadow_spec(bench, code, shadow, what, arguments, bench.wall_limit())


def run_sample(
    bench: Bench,
    attempt: Attempt,
    shadow: Shadow,
    repairer: Repairer,
    fit_seconds: float | None = None,
    *,
    few: bool = False,
) -> tuple[RunResult, Sampled | None]:
    """Run a candidate on the sample, with repairs; nothing is told where it failed.

    `few` says that the shadow is that of few rows.
    """
    code, what = attempt.code, "few rows" if few else "sample"

    def make_spec() -> RunSpec:
        spec = sample_spec(bench, code, shadow, what)
        return msgspec.structs.replace(spec, fit_seconds=fit_seconds)

    result = repairer.run(code, make_spec)
    if not result.ok:
        return result, None
    score = sample_score(bench, shadow, result)
    rows, tests = shadow.train_rows + shadow.n_fold, FEW_TEST_ROWS if few else SAMPLE_TEST_ROWS
    tests = min(bench.shadows.test_rows, tests)
    folder = bench.context.workspace.run(result.id)
    run = measured(folder, result, shadow.train_rows, shadow.n_fold + tests, rows + tests)
    grows = GROWS_ON_CARD if few and bench.context.card_bytes and attempt.uses_card else 1.0
    more, may_see_more = None, few and bench.shadows.train_rows >= WORTH_FROM
    share = 1.0 if may_see_more else grows
    estimate = estimated(bench, run, code.model, attempt.last_sample, share)
    if may_see_more:
        times = (SAMPLE_ROWS + SAMPLE_TEST_ROWS) / (rows + tests)
        more = result.seconds * (1 + grows * (times - 1))
    return result, Sampled(estimate, score, rows, run, more)


def sample_score(bench: Bench, shadow: Shadow, result: RunResult) -> Score | None:
    """The score on the rows that the sample withholds; None where the metric has none on them."""
    raw = bench.context.workspace.run(result.id) / "raw.npy"
    folds = [{"raw": str(raw), "fold_rows": shadow.fold_rows}]
    params = {**bench.scoring(), "folds": folds}
    try:
        return bench.context.worker.call_typed("score", params, Score, timeout=SCORING_SECONDS)
    except IimlError:
        return None
