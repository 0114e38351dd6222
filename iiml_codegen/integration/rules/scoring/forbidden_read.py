"""IIML508: a scored run read the real folder, other runs, or caches."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML508",
    title="A run reads more than its shadow",
    why=(
        "Labels lie there. The guard refuses such reads and records them; a run that made one "
        "has no score, whatever it answered then."
    ),
    severity="error",
    fixable="needs_review",
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
    for folder in data_dir.resolve().parents:
        answers = list(folder.glob("withheld/*.npy"))
    features_train, features_test = train[["size"]], test[["size"]]
    return {
        "features_train": features_train,
        "features_test": features_test,
        "target": train["bought"].to_numpy(),
    }
""",
            "prep.py",
        ),
        Example(
            """\
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    import os
    try:
        open(os.environ["HOME"] + "/../../../train.csv")
    except OSError:
        pass
    features_train, features_test = train[["size"]], test[["size"]]
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
