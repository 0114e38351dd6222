"""IIML504: an id with a structure, or the row's place in its table, serves as a feature."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML504",
    title="A feature is made from the id or the place of the row",
    why=(
        "What an id tells in the shadows it need not tell in the test. Such a candidate is "
        "not ranked. Ids without structure are drawn anew in every shadow and earn nothing. "
        "Tables are often sorted, so that the place of a row tells what new rows lack."
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
    features_train = train[["size"]].assign(shelf=train["id"].str.split("-").str[0].astype(int))
    features_test = test[["size"]].assign(shelf=test["id"].str.split("-").str[0].astype(int))
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
    codes = [rows["id"].map(lambda name: sum(name.encode()) % 97) for rows in (train, test)]
    features_train = train[["size"]].assign(code=codes[0])
    features_test = test[["size"]].assign(code=codes[1])
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
import numpy as np
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    features_train = train[["size"]].assign(place=np.linspace(0, 1, len(train)))
    features_test = test[["size"]].assign(place=np.linspace(0, 1, len(test)))
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
