"""IIML502: the prediction of a row changes with the test rows around it."""

from __future__ import annotations

from iiml_codegen.domain.blueprint import Step
from iiml_codegen.integration.rules.rule import Example, Facts, Rule

STEP = Step(
    id="P2", part="prep", key="numbers", title="Rank the sizes of all rows", why="long tails"
)
RULE = Rule(
    code="IIML502",
    title="A prediction depends on other test rows",
    why=(
        "A row that is answered alone would get another answer. What is learned from test "
        "rows must be declared by a step of the blueprint; their order must never matter. Where "
        "features move and predictions hold, it is a warning."
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
    mean = train["size"].mean()
    features_train, features_test = train[["size"]] - mean, test[["size"]] - mean
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
    # [P2] Rank the sizes of all rows
    rank = pd.concat([train, test])["size"].rank(pct=True).to_numpy()
    features_train = pd.DataFrame({"rank": rank[: len(train)]})
    features_test = pd.DataFrame({"rank": rank[len(train) :]})
    return {
        "features_train": features_train,
        "features_test": features_test,
        "target": train["bought"].to_numpy(),
    }
""",
            "prep.py",
            Facts(steps=(STEP,)),
        ),
    ),
    invalid=(
        Example(
            """\
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    rank = pd.concat([train, test])["size"].rank(pct=True).to_numpy()
    features_train = pd.DataFrame({"rank": rank[: len(train)]})
    features_test = pd.DataFrame({"rank": rank[len(train) :]})
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
    features_train = train[["size"]].assign(place=range(len(train)))
    features_test = test[["size"]].assign(place=range(len(test)))
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
    features_train = train[["size"]].assign(place=range(len(train)))
    features_test = test[["size"]].assign(place=range(len(test)))
    return {
        "features_train": features_train,
        "features_test": features_test,
        "target": train["bought"].to_numpy(),
    }
""",
            "prep.py",
            Facts(steps=(STEP,)),
        ),
        Example(
            """\
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    both = pd.concat([train, test])[["size", "age"]]
    both = (both - both.mean()) / both.std()
    return {
        "features_train": both[: len(train)],
        "features_test": both[len(train) :].reset_index(drop=True),
        "target": train["bought"].to_numpy(),
    }
""",
            "prep.py",
        ),
    ),
)
