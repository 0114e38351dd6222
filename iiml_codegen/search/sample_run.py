"""The sample run: a candidate on few rows first, with an estimate of time and memory for all."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from iiml_codegen.domain.candidate import Score
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.domain.wire import from_json, to_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.search.attempt import FoldReport
from iiml_codegen.search.bench import SCORING_SECONDS, Bench
from iiml_codegen.search.code import CandidateCode
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
START_BYTES, START_BYTES_OF_TORCH = 200 * 2**20, 1200 * 2**20
"""What a run takes before it has seen a row: that does not grow with them."""
MOST_GROWTH = 4.0


@dataclass(frozen=True)
class Estimate:
    """What one fold on all rows should take, scaled from the sample by rows.

    `encoding` is what encoding all rows should take, once before the first fold; `predicting` is
    the part of a fold that no fit can shorten.
    """

    seconds: float
    peak_bytes: int
    encoding: float = 0.0
    predicting: float = 0.0


@dataclass(frozen=True)
class Sampled:
    """What a run on the sample told: an estimate for all rows, and its score if it has one.

    `on_more` is what a run on `SAMPLE_ROWS` should take, where it had only few of them.
    """

    estimate: Estimate
    score: Score | None
    rows: int
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
    code: CandidateCode,
    shadow: Shadow,
    repairer: Repairer,
    fit_seconds: float | None = None,
    *,
    few: bool = False,
) -> tuple[RunResult, Sampled | None]:
    """Run a candidate on the sample, with repairs; nothing is told where it failed.

    `few` says that the shadow is that of few rows.
    """
    what = "few rows" if few else "sample"

    def make_spec() -> RunSpec:
        spec = sample_spec(bench, code, shadow, what)
        return msgspec.structs.replace(spec, fit_seconds=fit_seconds)

    result = repairer.run(code, make_spec)
    if not result.ok:
        return result, None
    score = sample_score(bench, shadow, result)
    rows = shadow.train_rows + shadow.n_fold
    tests = FEW_TEST_ROWS if few else SAMPLE_TEST_ROWS
    estimate = estimated(bench, shadow, result, tests, code.model)
    times = (SAMPLE_ROWS + SAMPLE_TEST_ROWS) / (rows + tests)
    more = few and bench.shadows.train_rows >= WORTH_FROM
    return result, Sampled(estimate, score, rows, result.seconds * times if more else None)


def sample_score(bench: Bench, shadow: Shadow, result: RunResult) -> Score | None:
    """The score on the rows that the sample withholds; None where the metric has none on them."""
    raw = bench.context.workspace.run(result.id) / "raw.npy"
    folds = [{"raw": str(raw), "fold_rows": shadow.fold_rows}]
    params = {**bench.scoring(), "folds": folds}
    try:
        return bench.context.worker.call_typed("score", params, Score, timeout=SCORING_SECONDS)
    except IimlError:
        return None


def estimated(
    bench: Bench,
    shadow: Shadow,
    result: RunResult,
    test_rows: int = SAMPLE_TEST_ROWS,
    model: str = "",
) -> Estimate:
    """What one fold should take, by a run of the model's text on a shadow that may be smaller."""
    report = bench.context.workspace.run(result.id) / "report.json"
    spent = from_json(report.read_bytes(), FoldReport).seconds
    scale = bench.shadow(0).train_rows / max(1, shadow.train_rows)
    working = sum(spent.values())  # what is prepared and encoded once is no part of a fold
    starting = max(0.0, result.seconds - working)
    seconds = starting + (spent["fit"] + spent["predict"]) * scale
    everything = bench.shadows.train_rows + bench.shadows.test_rows
    seen = shadow.train_rows + shadow.n_fold + min(bench.shadows.test_rows, test_rows)
    encoding = spent.get("encode", 0.0) * everything / max(1, seen)
    started = min(
        result.peak_bytes, START_BYTES_OF_TORCH if "import torch" in model else START_BYTES
    )
    grown = (result.peak_bytes - started) * min(scale, MOST_GROWTH)
    return Estimate(seconds, int(started + grown), encoding, spent["predict"] * scale)
