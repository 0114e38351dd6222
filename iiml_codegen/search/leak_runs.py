"""One candidate on variants of a shadow: the runs behind the leak tests, within a time limit."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.errors import IimlError
from iiml_codegen.integration.leak_tests.answers import Examined, RowsCompared, Variant
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.shadows import Shadow
from iiml_codegen.search.specs import prepared_file, run_id, shadow_spec, short_hash
from iiml_codegen.search.worker_run import Question, ask

SHORTEST_RUN = 1.0
BUILD_SECONDS = 60.0
BASE = "same"
PREPARED_ONLY = frozenset({"ids", "labels"})
"""Variants that features alone are looked at in."""
TIMED = ("forward", "blocks")


@dataclass
class LeakRuns:
    """Runs of one candidate's text; `deadline` is on the monotonic clock.

    `reserved` are the seconds before it that the comparison of features needs.

    `done` maps each kind of variant to where its outputs lie, `failed` to why there are none.
    """

    bench: Bench
    code: CandidateCode
    shadow: Shadow
    deadline: float
    reserved: float = 0.0
    done: dict[str, Variant] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    results: list[RunResult] = field(default_factory=list)

    @property
    def seconds_left(self) -> float:
        """What is left of the time for these tests."""
        return self.deadline - time.monotonic()

    @property
    def fewer(self) -> str:
        """The way to take test rows away: the later ones, where there is a time."""
        folds = self.bench.blueprint.folds
        return "early" if folds.strategy in TIMED and folds.column else "removed"

    def vary(self, how: str) -> bool:
        """Build a variant and run the candidate on it; False, with the reason kept, if it fails."""
        try:
            variant = self.variant(how)
            if not variant.why_not:
                self.run(how, variant)
            self.done[how] = variant
        except IimlError as error:
            self.failed[how] = str(error)
        return how in self.done

    def variant(self, how: str) -> Variant:
        """The shadow once more, with one thing changed."""
        params = {
            "data": self.shadow.data,
            "task": to_plain(self.bench.task),
            "out": str(self.shadow.folder() / "variants"),
            "how": how,
            "column": self.bench.blueprint.folds.column,
        }
        worker = self.bench.context.worker
        return worker.call_typed("vary_test", params, Variant, timeout=BUILD_SECONDS)

    def run(self, how: str, variant: Variant) -> None:
        """Run the candidate; raises IimlError with what a reader should know where it fails."""
        seconds = self.seconds_left - self.reserved
        if seconds < SHORTEST_RUN:
            raise IimlError("no time was left for it")
        result = self.bench.context.runner.run(self.spec(how, variant, seconds))
        self.results.append(result)
        if not result.ok:
            last = result.log_tail.strip().splitlines()[-1:]
            said = (last or [result.reason])[0] if result.status == "failed" else result.reason
            raise IimlError(f"the run ended as {result.status}: {said}")

    def spec(self, how: str, variant: Variant, seconds: float) -> RunSpec:
        """Prepare, fit and predict in the variant's folder; some variants are only prepared."""
        what = f"leak test {how}"
        folder = self.folder(how)
        arguments: tuple[str, ...] = (
            *("--data-dir", variant.data, "--prepared", str(self.prepared(how))),
            *("--seed", str(self.bench.context.options.seed), "--threads", "1"),
        )
        if how in PREPARED_ONLY:
            arguments = (*arguments, "--only", "prepare")
        else:
            arguments = (*arguments, "--valid", self.shadow.valid, "--raw", str(folder / "raw.npy"))
        spec = shadow_spec(self.bench, self.code, self.shadow, what, arguments, seconds)
        return msgspec.structs.replace(spec, fresh=how == BASE)

    def folder(self, how: str) -> Path:
        """The folder of a variant's run."""
        return self.bench.context.workspace.run(run_id(self.code, f"leak test {how}"))

    def prepared(self, how: str) -> Path:
        """Where prep's outputs for a variant go: beside those for the shadow itself."""
        beside = prepared_file(self.bench, self.code, self.shadow).parent
        beside.mkdir(parents=True, exist_ok=True)
        return beside / f"{short_hash(self.code.prep, self.code.model, how)}.pkl"

    def predictions(self, how: str) -> RowsCompared:
        """Predictions for a variant beside those for the shadow as it is."""
        params = {"base": self.raw(BASE), "other": self.raw(how)}
        worker = self.bench.context.worker
        return worker.call_typed("compare_rows", params, RowsCompared, timeout=BUILD_SECONDS)

    def raw(self, how: str) -> dict[str, str]:
        """Raw predictions with the rows that they are for."""
        return {"raw": str(self.folder(how) / "raw.npy"), "rows": self.done[how].rows}

    def outputs(self, how: str) -> dict[str, str]:
        """Prepared outputs with the rows that they are for."""
        return {"prepared": str(self.prepared(how)), "rows": self.done[how].rows}

    def examine(self) -> Examined:
        """Compare what prep gave for all variants, in a guarded run; raises IimlError."""
        ran = [how for how, variant in self.done.items() if how != BASE and not variant.why_not]
        params = {
            "base": self.outputs(BASE),
            "variants": {how: self.outputs(how) for how in ran},
            "target": self.bench.contract_of(self.code).target_output,
            "view": self.code.member.view,
            "has_classes": self.bench.task.kind not in ("regression", "multi_regression"),
            "lone": self.bench.task.kind != "text",
        }
        files = [str(self.prepared(how)) for how in (BASE, *ran)]
        rows = [self.done[how].rows for how in (BASE, *ran)]
        question = Question(
            verb="examine_features",
            params=params,
            purpose="leak tests: compare features",
            candidate=self.code.id,
            allowed=(*files, *rows),
        )
        return ask(self.bench, question, Examined, max(SHORTEST_RUN, self.seconds_left))
