"""A small competition on which code leaks or does not, and a bench to try code on it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from iiml_codegen.agents import expert_agents
from iiml_codegen.budget import Budget
from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, FoldStrategy, Member, Step
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.options import SolveOptions
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import SubmissionFormat, TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.execution.context import SolveContext
from iiml_codegen.execution.environment import find_interpreter
from iiml_codegen.execution.runner import Runner
from iiml_codegen.execution.worker_client import WorkerClient
from iiml_codegen.journal import Journal
from iiml_codegen.search.bench import Bench, constant_score
from iiml_codegen.search.code import CandidateCode
from iiml_codegen.search.shadows import ShadowSet
from iiml_codegen.workspace import Workspace

ROWS, TESTS = 600, 200
MEMBER = Member(name="line", track="traditional", template="linear_classifier", view="features")
LINE = '''"""A straight line through the labels."""

import numpy as np


def fit(X, y, *, seed=0):
    """Solve for the least squares."""
    return np.linalg.lstsq(table(X), np.asarray(y, dtype="float64"), rcond=1e-6)[0]


def predict(model, X):
    """Stay between 0 and 1."""
    return np.clip(table(X) @ model, 0.0, 1.0)


def table(X):
    """Numbers with a column of ones."""
    return np.column_stack([X.to_numpy(dtype="float64"), np.ones(len(X))])
'''


def shop_rows(seed: int = 0) -> pd.DataFrame:
    """Who buys: by size and age, a little by street; the receipt tells, and ids have a part."""
    draw = np.random.default_rng(seed)
    count = ROWS + TESTS
    street = draw.integers(0, count // 4, count)
    size, age = draw.normal(size=count).round(3), draw.integers(1, 90, count)
    wish = size + (age - 45) / 30 + draw.normal(size=count // 4)[street] + draw.normal(size=count)
    bought = (wish > 0).astype(int)
    shelf = draw.permutation(np.arange(count)) % 20
    names = [f"{part:02d}-{number:04d}" for number, part in enumerate(shelf)]
    days = pd.date_range("2020-01-01", periods=count).astype(str)
    receipt = (bought * 8 + draw.normal(size=count)).round(3)
    return pd.DataFrame(
        {
            "id": names,
            "day": days,
            "street": [f"s{number}" for number in street],
            "size": size,
            "age": age,
            "receipt": receipt,
            "bought": bought,
        }
    )


def write_rows(folder: Path, train: pd.DataFrame, test: pd.DataFrame) -> TaskSummary:
    """A competition folder of two tables, and its task."""
    folder.mkdir(parents=True, exist_ok=True)
    train.to_csv(folder / "train.csv", index=False)
    test.to_csv(folder / "test.csv", index=False)
    sample = test[["id"]].assign(bought=0)
    sample.to_csv(folder / "sample_submission.csv", index=False)
    return TaskSummary(
        title="A shop",
        description_file=None,
        train_file="train.csv",
        test_file="test.csv",
        kind="binary",
        targets=("bought",),
        id_column="id",
        metric="roc_auc",
        greater_is_better=True,
        submission=SubmissionFormat(
            file="sample_submission.csv",
            columns=("id", "bought"),
            id_column="id",
            answer="probability",
            answer_columns=("bought",),
            rows=len(test),
        ),
        classes=("0", "1"),
    )


def write_leaky_shop(folder: Path, seed: int = 0) -> TaskSummary:
    """The shop's folder and task."""
    rows = shop_rows(seed)
    return write_rows(folder, rows[:ROWS], rows[ROWS:].drop(columns="bought"))


@contextmanager
def bench_for(
    work: Path,
    task: TaskSummary,
    *,
    strategy: FoldStrategy = "random",
    declared: tuple[Step, ...] = (),
) -> Iterator[Bench]:
    """A bench for the folder `work/shop`, with caches of its own; real worker, guard and runs."""
    before = os.environ.get("IIML_CACHE_DIR")
    os.environ["IIML_CACHE_DIR"] = str(work / "cache")
    workspace = Workspace(work / "shop")
    workspace.create()
    python = find_interpreter(None)
    worker = WorkerClient(python, workspace.worker_log)
    journal = Journal(workspace.journal)
    try:
        context = SolveContext(
            workspace=workspace,
            options=SolveOptions(tracks=("traditional",)),
            journal=journal,
            runner=Runner(journal),
            worker=worker,
            budget=Budget(600.0),
            stop=threading.Event(),
            interpreter=python,
        )
        yield open_bench(context, task, strategy, declared)
    finally:
        worker.close()
        journal.close()
        if before is None:
            del os.environ["IIML_CACHE_DIR"]
        else:
            os.environ["IIML_CACHE_DIR"] = before


def open_bench(
    context: SolveContext, task: TaskSummary, strategy: FoldStrategy, declared: tuple[Step, ...]
) -> Bench:
    """The bench of a plan with nothing but folds and the steps that it declares."""
    column = "day" if strategy == "forward" else None
    folds = FoldPlan(strategy=strategy, folds=3, column=column, why="test")
    blueprint = Blueprint(
        title="A shop",
        kind=task.kind,
        steps=declared,
        members=(MEMBER,),
        folds=folds,
        transductive=tuple(step.id for step in declared),
    )
    folder = str(context.workspace.folder)
    params = {
        "folder": folder,
        "task": to_plain(task),
        "plan": to_plain(folds),
        "out": str(context.workspace.cache_dir()),
    }
    shadows = context.worker.call_typed("shadows", params, ShadowSet, timeout=60.0)
    request = {"folder": folder, "task": to_plain(task), "seed": 0}
    profile = context.worker.call_typed("profile", request, DataProfile, timeout=60.0)
    return Bench(
        context=context,
        folder=folder,
        agents=expert_agents(context.options, context.worker),
        task=task,
        profile=profile,
        blueprint=blueprint,
        contract=Contract(views=(), clauses=()),
        shadows=shadows,
        constant=constant_score(context, task, shadows),
    )


def written(bench: Bench, prep: str, model: str = LINE, name: str = "01-line") -> CandidateCode:
    """A candidate with its pipeline on disk."""
    folder = bench.context.workspace.candidate(name)
    code = CandidateCode(name, MEMBER, folder, prep, model, bench.task)
    code.write()
    return code
