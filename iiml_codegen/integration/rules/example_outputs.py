"""Outputs as they are observed when prep ran, and a model to bind: the examples of rung 2."""

from __future__ import annotations

from iiml_codegen.domain.contract import Clause, Observation
from iiml_codegen.integration.rules.rule import Example, Facts

MODEL = """def fit(X: pd.DataFrame, y: np.ndarray, *, seed: int = 0) -> Model:
    return Model(HistGradientBoostingClassifier(random_state=seed).fit(X, y))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    return model.estimator.predict_proba(X)[:, 1]
"""


def seen(output: str, kind: str = "frame", rows: int = 60, columns: int = 3) -> Observation:
    """One output; codes 0 and 1 where it is a single column."""
    return Observation(
        output=output,
        type=kind,
        rows=rows,
        columns=columns,
        dtype="float64" if columns > 1 else "int64",
        missing=0,
        minimum=0.0,
        maximum=9.5 if columns > 1 else 1.0,
    )


def view(
    name: str, kind: str = "frame", train: int = 60, test: int = 20
) -> tuple[Observation, ...]:
    """Both halves of a view."""
    return seen(f"{name}_train", kind, train), seen(f"{name}_test", kind, test)


FEATURES, WORDS, TARGET = view("features"), view("words", "sparse"), seen("target", "array", 60, 1)
PLANNED = Clause(
    id="C1",
    output="features_train",
    says="one row per training row, numbers and categories",
    shape="features",
    kind=("frame",),
    rows_like="train",
)
CODES = Clause(
    id="C2",
    output="target",
    says="codes 0 and 1",
    shape="target",
    kind=("array", "series"),
    rows_like="train",
    labels=2,
)


def bound(
    *observations: Observation, text: str = MODEL, clauses: tuple[Clause, ...] = (PLANNED,)
) -> Example:
    """A model module, the outputs that it is bound to, and the clauses about them."""
    return Example(text, "model_traditional.py", Facts(observations=observations, clauses=clauses))


GOOD = bound(*FEATURES, TARGET)
