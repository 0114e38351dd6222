"""What every part of the search works with: the plan, the shadows, and the scoring worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from iiml_codegen.agents import Agents
from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.candidate import METHODS, Ensemble, Score
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.knowledge import Knowledge
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.environment import cores
from iiml_codegen.execution.versions import fingerprint
from iiml_codegen.integration.debugging_agent import Facts
from iiml_codegen.integration.installed import InstalledLibraries
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.shadows import Shadow, ShadowSet

SCORING_SECONDS = 120.0
SHARE_OF_A_RUN = 0.3
SHARE_OF_PREP = 0.5
SHORTEST_LIMIT = 20.0
"""What one run may take: a share of the budget, and so many seconds where that is very little."""


@dataclass(frozen=True)
class Bench:
    """One solve's plan and shadows, with the questions that the search asks the worker.

    `folder` is where the data are read: the competition, or where its archives were unpacked.
    `run_seconds` and `run_bytes` limit each run; None leaves it to budget and machine. `prefix`
    begins the names of runs that belong to no candidate. `knowledge` is what was retrieved.
    """

    context: SolveContext
    folder: str
    agents: Agents
    task: TaskSummary
    profile: DataProfile
    blueprint: Blueprint
    contract: Contract
    shadows: ShadowSet
    constant: float
    run_seconds: float | None = None
    run_bytes: int | None = None
    prefix: str = ""
    knowledge: Knowledge = field(default_factory=Knowledge)

    def blueprint_of(self, code: CandidateCode) -> Blueprint:
        """The blueprint that a candidate was written to."""
        return code.blueprint or self.blueprint

    def contract_of(self, code: CandidateCode) -> Contract:
        """The contract that a candidate has to keep."""
        return code.contract or self.contract

    def facts(self, code: CandidateCode) -> Facts:
        """What analyzer and repairs may know about a candidate's task, data and libraries."""
        return Facts(
            columns=tuple(column.name for column in self.profile.columns),
            files=self.files,
            modules=code.modules(),
            task=self.task,
            contract=self.contract_of(code),
            view=code.member.view,
            observations=code.observations,
            installed=self.installed,
        )

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The competition's files and folders at the top, by name."""
        return tuple(sorted(path.name for path in Path(self.folder).iterdir()))

    @cached_property
    def installed(self) -> InstalledLibraries:
        """The libraries that generated code imports; benches of one solve share them."""
        return libraries_of(self.context.interpreter)

    @property
    def python(self) -> str:
        """Which Python computes, with its libraries: caches of another one do not serve."""
        return fingerprint(self.context.interpreter)

    @property
    def cache(self) -> Path:
        """Where extracted and prepared data of this competition are kept."""
        return self.context.workspace.cache_dir()

    @property
    def slots(self) -> int:
        """How many runs of one thread each go on at once on this machine, and threads of one."""
        return cores(self.context.options.cores)

    @property
    def lanes(self) -> int:
        """How many runs go on at once now: on a cluster as many as it takes, else on all slots."""
        return self.context.runner.lanes() or self.slots

    @property
    def seconds_left(self) -> float:
        """What is left of the budget."""
        return self.context.budget.left()

    def wall_limit(self, share: float = SHARE_OF_A_RUN) -> float:
        """Seconds that a run may take from now on: its share, and not beyond the budget's end."""
        if self.run_seconds is not None:
            return self.run_seconds
        return min(max(SHORTEST_LIMIT, share * self.context.budget.total), self.seconds_left + 1.0)

    def shadow(self, fold: int) -> Shadow:
        """The shadow that withholds a fold."""
        return self.shadows.folds[fold]

    def better(self, a: float, b: float) -> bool:
        """Whether score `a` is better than `b` for the task's metric."""
        return a > b if self.task.greater_is_better else a < b

    def skill(self, value: float, best: float) -> float:
        """How much of the way from the constant prediction to `best` a score has gone."""
        way = best - self.constant
        return (value - self.constant) / way if way else 0.0

    def scoring(self) -> dict[str, Any]:
        """The parameters that all scoring questions share."""
        return {
            "labels": {"file": self.shadows.target},
            "kind": self.task.kind,
            "metric": self.task.metric,
            "classes": len(self.task.classes),
            "seed": self.context.options.seed,
        }

    def fold_files(self, raws: Mapping[int, Path]) -> list[dict[str, str]]:
        """Raw predictions of folds beside the positions of their rows."""
        return [
            {"raw": str(raws[fold]), "fold_rows": self.shadow(fold).fold_rows}
            for fold in sorted(raws)
        ]

    def score(self, raws: Mapping[int, Path]) -> Score:
        """Out-of-fold score of a candidate on the folds that it has run."""
        params = {**self.scoring(), "folds": self.fold_files(raws)}
        return self.context.worker.call_typed("score", params, Score, timeout=SCORING_SECONDS)

    def blend(
        self, candidates: Sequence[tuple[str, Mapping[int, Path]]], seconds: float = SCORING_SECONDS
    ) -> Ensemble:
        """The best way to combine candidates, cross-fitted; a single one if that is best.

        Where the options ask for one way, it is that one, if it can be fitted.
        """
        listed = [{"id": name, "folds": self.fold_files(raws)} for name, raws in candidates]
        params = {**self.scoring(), "candidates": listed}
        if self.context.options.aggregation in METHODS:
            params["only"] = METHODS[self.context.options.aggregation]
        worker = self.context.worker
        return worker.call_typed("blend", params, Ensemble, timeout=seconds)


@lru_cache(maxsize=4)
def libraries_of(interpreter: Path) -> InstalledLibraries:
    """What is installed for an interpreter, asked once per process."""
    return InstalledLibraries(interpreter)


def constant_score(context: SolveContext, task: TaskSummary, shadows: ShadowSet) -> float:
    """The score of the best constant prediction."""
    return asked_constant(context, task, shadows).value


def constant_answer(bench: Bench) -> Score:
    """The best constant prediction: its score, and under "constant" what it answers."""
    return asked_constant(bench.context, bench.task, bench.shadows)


def asked_constant(context: SolveContext, task: TaskSummary, shadows: ShadowSet) -> Score:
    """The worker's answer."""
    params = {
        "labels": {"file": shadows.target},
        "kind": task.kind,
        "metric": task.metric,
        "classes": len(task.classes),
    }
    worker = context.worker
    return worker.call_typed("constant_score", params, Score, timeout=SCORING_SECONDS)
