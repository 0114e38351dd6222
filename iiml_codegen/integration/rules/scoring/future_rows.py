"""IIML510: where the test lies after train, a feature uses rows after its own."""

from __future__ import annotations

from iiml_codegen.integration.rules.rule import Example, Rule

RULE = Rule(
    code="IIML510",
    title="A feature uses later rows",
    why="On the day of the answer the later rows are not there. Looking back is allowed.",
    severity="error",
    fixable="needs_review",
    fault="leak",
    valid=(
        Example(
            """\
import pandas as pd


def prepare(data_dir, extracted=None, fitted=None):
    train, test = (pd.read_csv(data_dir / name) for name in ("train.csv", "test.csv"))
    rows = pd.concat([train, test], ignore_index=True).sort_values("day")
    rows["before"] = rows["size"].shift(1, fill_value=0.0)
    rows = rows.sort_index()[["size", "before"]]
    features_train, features_test = rows[: len(train)], rows[len(train) :].reset_index(drop=True)
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
    rows = pd.concat([train, test], ignore_index=True).sort_values("day")
    rows["after"] = rows["size"].shift(-1, fill_value=0.0)
    rows = rows.sort_index()[["size", "after"]]
    features_train, features_test = rows[: len(train)], rows[len(train) :].reset_index(drop=True)
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
