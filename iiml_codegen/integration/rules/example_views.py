"""Views as they were seen when prep ran, and models that read them: examples of usage."""

from __future__ import annotations

from iiml_codegen.domain.contract import Clause, Observation
from iiml_codegen.integration.rules.rule import Example, Facts

FRAME = Observation(
    output="features_train",
    type="frame",
    rows=60,
    columns=3,
    dtype="category x 1, float64 x 2",
    missing=4,
    column_names=("age", "size", "colour"),
    column_dtypes=("float64", "float64", "category"),
    missing_columns=("age",),
)
WHOLE = Observation(
    output="features_train",
    type="frame",
    rows=60,
    columns=2,
    dtype="float64 x 2",
    missing=0,
    column_names=("age", "size"),
    column_dtypes=("float64", "float64"),
)
SPARSE = Observation(
    output="features_train", type="sparse", rows=60, columns=900, dtype="float32", missing=0
)
CLAUSE = Clause(
    id="C1",
    output="features_train",
    says="`features_train` has one row per training row.",
    shape="features",
    kind=("frame", "sparse"),
    rows_like="train",
)
START = "from sklearn.linear_model import LogisticRegression\n\n\ndef fit(X, y):\n"
PREDICT = "\n\ndef predict(model, X):\n    return model.predict_proba(X)[:, 1]\n"


def reads(body: str, seen: Observation) -> Example:
    """A model whose `fit` has this body, beside the view that it reads."""
    text = f"{START}    {body}{PREDICT}"
    return Example(text, "model_traditional.py", Facts(observations=(seen,), clauses=(CLAUSE,)))
