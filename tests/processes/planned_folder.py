"""A competition folder as a solve leaves it, small and made at once: plan, modules, journal."""

from __future__ import annotations

from pathlib import Path

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Member, Step
from iiml_codegen.domain.candidate import Candidate, Score
from iiml_codegen.domain.contract import Clause, Contract, Observation, View
from iiml_codegen.domain.contract_words import worded
from iiml_codegen.domain.events import CandidateUpdated, SubmissionWritten
from iiml_codegen.domain.profile import ColumnProfile, DataProfile, TargetProfile
from iiml_codegen.domain.task import SubmissionFormat, TaskSummary
from iiml_codegen.domain.wire import to_json
from iiml_codegen.integration.assembler import assemble
from iiml_codegen.integration.binding_evidence import Rows
from iiml_codegen.integration.pipeline_plan import HarnessPlan, MemberModule, Module
from iiml_codegen.journal import Journal
from iiml_codegen.planning.blueprint_page import blueprint_page
from iiml_codegen.viewing.verify_plan import keep_observed
from iiml_codegen.workspace import Workspace

CANDIDATE = "01-linear"
PREP = '''"""Prepare the rentals."""

from pathlib import Path
from typing import Any

import pandas as pd

NUMBERS = ["age", "stars ⭐"]
LEVELS = 3


def as_numbers(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Read columns as numbers."""
    return tidy(rows[columns].apply(pd.to_numeric))


def tidy(rows: pd.DataFrame) -> pd.DataFrame:
    """Fill gaps."""
    return rows.fillna(0.0)


def halves(view: str, rows: pd.DataFrame, n: int) -> dict[str, Any]:
    """Cut a view into its halves."""
    return {f"{view}_train": rows.iloc[:n], f"{view}_test": rows.iloc[n:]}


def lonely() -> int:
    """Nobody calls this."""
    return LEVELS


def prepare(
    data_dir: Path, extracted: dict[str, Any] | None = None, fitted: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Give each view and the target."""
    # [P1] Read both tables
    train = pd.read_csv(data_dir / "train.csv")
    test = pd.read_csv(data_dir / "test.csv")
    rows = pd.concat([train, test])
    # [P2] Number the labels
    target = (train["late"] == "yes").astype("int64").to_numpy()
    # [P3] Read 2 columns as numbers
    numbers = as_numbers(rows, NUMBERS)
    # [P4] Flag the gaps
    gaps = rows[["age"]].isna().astype("float64").add_suffix("_missing")
    # [P5] Count the stars
    stars = rows[["stars ⭐"]].add_suffix("_count")
    features = pd.concat([rows[["kind"]], numbers, gaps, stars], axis=1)
    return {**halves("features", features, len(train)), "target": target}
'''
MODEL = '''"""A linear model."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

STRENGTH = 1.0


def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0) -> Any:
    """Fit."""
    # [M1] Linear model
    estimator = LogisticRegression(C=STRENGTH, random_state=seed)
    # [T1] Minimise the loss
    return estimator.fit(X, y)


def predict(model: Any, X: pd.DataFrame) -> np.ndarray:
    """Give P(late)."""
    return model.predict_proba(X)[:, 1]
'''
STEPS = (
    ("P1", "prep", "read_tables", "Read both tables", "60 training and 20 test rows"),
    ("P2", "prep", "class_target", "Number the labels", "in train: no 60%, yes 40%"),
    ("P3", "prep", "numbers", "Read 2 columns as numbers", "`age` tells most about *late* <b>"),
    ("P4", "prep", "gaps", "Flag the gaps", "10% of age are missing"),
    ("P5", "prep", "counts", "Count the stars", "they are rare"),
    ("M1", "model", "linear", "Linear model", "few rows"),
    ("T1", "train", "linear", "Minimise the loss", "with a penalty"),
    ("E1", "eval", "folds", "Withhold rows in 5 folds", "rows are alike"),
    ("E2", "eval", "submission", "Write 20 rows", "like the sample"),
)
FOLDS = FoldPlan(strategy="stratified", folds=5, column=None, why="rows are alike")
BLUEPRINT = Blueprint(
    title="Late returns",
    kind="binary",
    steps=tuple(
        Step(
            id=number,
            part=part,  # type: ignore[arg-type]
            key=key,
            title=title,
            why=why,
            member="linear" if part in ("model", "train") else None,
        )
        for number, part, key, title, why in STEPS
    ),
    members=(Member(name="linear", track="traditional", template="linear", view="features"),),
    folds=FOLDS,
)
TASK = TaskSummary(
    title="Late returns",
    description_file=None,
    train_file="train.csv",
    test_file="test.csv",
    kind="binary",
    targets=("late",),
    id_column="id",
    metric="accuracy",
    greater_is_better=True,
    submission=SubmissionFormat(
        file="sample.csv",
        columns=("id", "late"),
        id_column="id",
        answer="label",
        answer_columns=("late",),
        rows=20,
    ),
    classes=("no", "yes"),
)
SCORE = Score(value=0.825, standard_error=0.014, folds=(0.8, 0.85), rows=60)
SCORED = Candidate(
    id=CANDIDATE, track="traditional", members=("linear",), status="scored", score=SCORE
)


def contract() -> Contract:
    """What prep promises: one view and the target."""
    rows = (("C1", "features_train", "train"), ("C2", "features_test", "test"))
    views = tuple(
        Clause(
            id=number,
            output=output,
            says="",
            shape="features",
            kind=("frame",),
            rows_like=side,  # type: ignore[arg-type]
            same_columns_as="features_test" if side == "train" else "features_train",
        )
        for number, output, side in rows
    )
    target = Clause(
        id="C3", output="target", says="", shape="target", kind=("array",), rows_like="train"
    )
    view = View(name="features", kind="frame", says="numbers")
    return Contract(views=(view,), clauses=tuple(worded(one) for one in (*views, target)))


def column(name: str, dtype: str = "float", **facts: object) -> ColumnProfile:
    """A column that both tables have."""
    return ColumnProfile(
        name=name,
        role="number",
        why="",
        in_train=True,
        in_test=True,
        dtype=dtype,
        distinct=30,
        missing_train=0.1,
        missing_test=0.0,
        minimum=18.0,
        maximum=80.0,
        examples=("21", "35"),
        **facts,  # type: ignore[arg-type]
    )


PROFILE = DataProfile(
    train_rows=60,
    test_rows=20,
    columns=(column("age"), column("stars ⭐")),
    targets=(TargetProfile(name="late", distinct=2, missing=0, shares={"no": 0.6, "yes": 0.4}),),
)


def seen(output: str, kind: str, rows: int, columns: int) -> Observation:
    """What an output was."""
    names = ("age", "stars ⭐", "age_missing", "stars ⭐_count") if columns > 1 else ()
    return Observation(
        output=output,
        type=kind,
        rows=rows,
        columns=columns,
        dtype="float64 x 4" if columns > 1 else "int64",
        missing=0,
        minimum=0.0,
        maximum=1.0,
        column_names=names,
        column_dtypes=("float64",) * len(names),
        examples=("21.0, 35.0", "1.0, 5.0") if names else ("0, 1",),
    )


def planned_folder(folder: Path) -> Workspace:
    """Write the folder; `folder` is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(folder).create()
    parts = (
        (workspace.blueprint, BLUEPRINT),
        (workspace.contract, contract()),
        (workspace.task, TASK),
        (workspace.profile, PROFILE),
    )
    for path, part in parts:
        workspace.write_bytes(path, to_json(part))
    workspace.write_text(
        workspace.blueprint_page, blueprint_page(BLUEPRINT, contract(), TASK, PROFILE)
    )
    write_modules(workspace)
    given = (
        seen("features_train", "frame", 60, 4),
        seen("features_test", "frame", 20, 4),
        seen("target", "array", 60, 1),
    )
    keep_observed(workspace, PREP, given, Rows(60, 20))
    journal = Journal(workspace.journal)
    journal.append(CandidateUpdated(candidate=SCORED))
    journal.append(SubmissionWritten(path="submission.csv", candidate=CANDIDATE, score=0.825))
    journal.close()
    return workspace


def write_modules(workspace: Workspace) -> None:
    """Modules and pipeline of the candidate, promoted."""
    prep = Module(name="prep", label="prep.py", text=PREP)
    model = Module(name="linear", label="model_traditional.py", text=MODEL)
    member = MemberModule(name="linear", module=model, view="features")
    pipeline = assemble(prep, [member], HarnessPlan(title="Late returns: linear", task=TASK))
    own = workspace.candidate(CANDIDATE)
    texts = {
        "prep.py": PREP,
        "model_traditional.py": MODEL,
        "pipeline_traditional.py": pipeline.text,
    }
    for name, text in texts.items():
        for home in (own, workspace.home, workspace.generated):
            workspace.write_text(home / name, text)
    workspace.write_bytes(own / "pipeline_traditional.map.json", to_json(pipeline.source_map))
