"""IIML509: a feature of a training row is made with that row's own label."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML509",
    title="A feature is made with the row's own label",
    why=(
        "The model trusts such a feature more than it deserves for rows without a label. It "
        "cannot raise a score, as withheld rows have no label; it lowers it."
    ),
    severity="warning",
    fixable="needs_review",
    fault="leak",
    valid=(
        Example(
            """\
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    group = train.groupby("street")["bought"]
    others = (group.transform("sum") - train["bought"] + 0.5) / group.transform("count")
    means = (group.sum() + 0.5) / (group.count() + 1)
    features_train = train[["size"]].assign(taste=others)
    features_test = test[["size"]].assign(taste=test["street"].map(means).fillna(0.5))
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
    means = train.groupby("street")["bought"].mean()
    features_train = train[["size"]].assign(taste=train["street"].map(means))
    features_test = test[["size"]].assign(taste=test["street"].map(means).fillna(0.5))
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
