"""IIML503: one feature alone nearly reaches the score of all."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML503",
    title="A feature alone says nearly all",
    why=(
        "Such a column is often the answer under another name, and not known when answers are "
        "due. It may be right: a person should look."
    ),
    severity="warning",
    fixable="no",
    fault="leak",
    valid=(
        Example(
            """\
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    features_train, features_test = train[["size", "age"]], test[["size", "age"]]
    return {
        "features_train": features_train,
        "features_test": features_test,
        "target": train["bought"].to_numpy(),
    }
""",
            "prep.py",
        ),
    ),
    invalid=(
        Example(
            """\
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    features_train, features_test = train[["size", "receipt"]], test[["size", "receipt"]]
    return {
        "features_train": features_train,
        "features_test": features_test,
        "target": train["bought"].to_numpy(),
    }
""",
            "prep.py",
        ),
    ),
)
