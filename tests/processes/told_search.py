"""A search in which runs and scores are told beforehand: only its decisions are real."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from types import SimpleNamespace
from typing import Any, cast

from competitions import write_competition

from iiml_codegen.budget import Budget
from iiml_codegen.domain.blueprint import Member
from iiml_codegen.domain.candidate import Score
from iiml_codegen.domain.contract import Clause, Contract
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.run import RunResult, RunSpec
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.errors import WorkerError
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.integration.debugging_agent import ExpertDebuggingAgent
from iiml_codegen.integration.pipeline_plan import Pipeline
from iiml_codegen.integration.source_map import SourceMap
from iiml_codegen.journal import Journal
from iiml_codegen.search.attempt import Attempt
from iiml_codegen.search.bench import Bench
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.comparing import Compared
from iiml_codegen.search.exploration import Exploration
from iiml_codegen.search.repair import Repairer
from iiml_codegen.search.shadows import Shadow, ShadowSet
from iiml_codegen.workspace import Workspace

FOLDS = 3
PREP = 'def prepare(data_dir):\n    return {"features_train": 1, "target": BAD}\n'
MODEL = "ROUNDS = 100\n\n\ndef fit(X, y, *, seed: int = 0):\n    return 1\n"


class Code(CandidateCode):
    """A candidate whose pipeline is its model's text."""

    def write(self) -> None:
        text = f"{self.prep}{self.model}"
        self.pipeline = Pipeline(text=text, source_map=SourceMap(stretches=()))


@dataclass
class Told:
    """Scores by candidate and fold, and candidates that fail in one way or another."""

    scores: dict[str, list[float]]
    slow: set[str] = field(default_factory=set)
    unscorable: set[str] = field(default_factory=set)
    runs: list[str] = field(default_factory=list)
    specs: list[RunSpec] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


class Runs:
    """A runner that writes what was told."""

    def __init__(self, told: Told, room: dict[str, Code]) -> None:
        self.told, self.room = told, room

    def run(self, spec: RunSpec) -> RunResult:
        assert spec.candidate is not None and spec.fold is not None
        self.told.runs.append(spec.id)
        self.told.specs.append(spec)
        code = self.room[spec.candidate]
        if code.id in self.told.slow and "ROUNDS = 100" in code.model and spec.fold > 0:
            return RunResult(id=spec.id, status="timeout", reason="wall limit of 20 s")
        if "BROKEN" in code.model:
            log = 'Traceback (most recent call last):\n  File "x.py", line 1\nKeyError: "agee"'
            return RunResult(id=spec.id, status="failed", log_tail=log)
        folder = Path(spec.folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "raw.npy").write_text(f"{code.id} {self.told.scores[code.id][spec.fold]}")
        fit = self.told.seconds.get(spec.id.rpartition("-")[0], self.told.seconds.get(code.id, 2.0))
        seconds = {"prepare": 0.1, "fit": fit, "predict": 0.0}
        report = {"rounds": {code.member.name: 10}, "seconds": seconds, "threads": 1}
        (folder / "report.json").write_text(json.dumps(report))
        return RunResult(id=spec.id, status="ok", seconds=3.0)

    def lanes(self) -> int:
        return 0

    def stop(self, run: str) -> None:
        raise AssertionError(f"{run} was stopped")

    def stop_all(self) -> None:
        return None


class Worker:
    """A worker that reads scores where raw predictions would be."""

    def __init__(self, told: Told) -> None:
        self.told = told

    def call_typed(self, verb: str, params: Any, kind: type, timeout: float) -> Any:
        if verb == "compare":
            return self.compared(*(params[side]["folds"] for side in "ab"))
        assert verb == "score"
        told = [Path(f["raw"]).read_text().split() for f in params["folds"]]
        if told[0][0] in self.told.unscorable:
            raise WorkerError("the worker ended")
        return score(*[float(value) for _, value in told])

    def compared(self, *sides: list[dict[str, str]]) -> Compared:
        """Sure of a tenth, and of nothing less."""
        a, b = (fmean(float(Path(f["raw"]).read_text().split()[1]) for f in one) for one in sides)
        sure = 0.99 if a - b >= 0.1 else 0.8
        return Compared(p_better=sure, difference=a - b, standard_error=0.05, rows=10)


@dataclass
class Room:
    """A bench on which nothing is real but the decisions; the clock stands where it is put."""

    bench: Bench
    told: Told
    attempts: list[Attempt]
    clock: list[float]

    def explore(self, **changes: Any) -> dict[str, Attempt]:
        repairer = Repairer(self.bench, rounds=changes.get("rounds", 4))
        reserve = changes.get("reserve", lambda attempts: 10.0)
        refit = changes.get("early_refit", lambda attempt: None)
        Exploration(self.bench, self.attempts, repairer, reserve).run(refit)
        return {attempt.id: attempt for attempt in self.attempts}

    def events(self, kind: type[Any]) -> list[Any]:
        entries = self.bench.context.journal.read()
        return [entry.event for entry in entries if isinstance(entry.event, kind)]


def score(*folds: float, rows: int | None = None) -> Score:
    value = sum(folds) / len(folds)
    return Score(value=value, standard_error=0.01, folds=folds, rows=rows or 100 * len(folds))


def room(
    path: Path,
    scores: dict[str, list[float]],
    *,
    budget: float = 300.0,
    candidates: int = 0,
    **told: Any,
) -> Room:
    competition = write_competition(path, "binary", rows=40)
    workspace, clock = Workspace(path).create(), [0.0]
    story = Told(scores, **told)
    codes = {name: code_for(path, name, competition.task) for name in scores}
    context = SolveContext(
        workspace=workspace,
        options=SolveOptions(
            budget=budget, cores=1, tracks=("traditional",), candidates=candidates
        ),
        journal=Journal(workspace.journal),
        runner=cast(Any, Runs(story, codes)),
        worker=cast(Any, Worker(story)),
        budget=Budget(budget, clock=lambda: clock[0]),
        stop=threading.Event(),
        interpreter=Path("python"),
    )
    shadows = [
        Shadow(
            **{name: f"{path}/key/{n}/{name}" for name in ("data", "rows", "fold_rows", "valid")},
            fold=n,
            train_rows=200,
            n_fold=100,
            n_valid=20,
        )
        for n in range(FOLDS)
    ]
    clause = Clause(
        id="C7", output="target", says="codes", shape="target", kind=(), rows_like="train"
    )
    bench = Bench(
        context=context,
        folder=str(path),
        agents=cast(Any, SimpleNamespace(debugging_agent=ExpertDebuggingAgent(), assembler=None)),
        task=from_plain(competition.task, TaskSummary),
        profile=cast(Any, type("Profile", (), {"columns": ()})),
        blueprint=cast(Any, None),
        contract=Contract(views=(), clauses=(clause,)),
        shadows=ShadowSet(
            view=f"{path}/key/view",
            target="t",
            train_rows=300,
            test_rows=9,
            folds=tuple(shadows),
        ),
        constant=0.5,
    )
    return Room(bench, story, [Attempt(codes[n], estimate=3.0) for n in scores], clock)


def code_for(path: Path, name: str, task: dict[str, Any]) -> Code:
    member = Member(name=name, track="traditional", template="t", view="features")
    summary = from_plain(task, TaskSummary)
    return Code(name, member, path / "iiml" / "candidates" / name, PREP, MODEL, summary)
