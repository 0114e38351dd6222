"""The mutators of the repair benchmark: each breaks what it says, where it says, by its seed."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from competitions.pipelines import DECIDE, MODEL, PREP, shop_task

from iiml_codegen.domain.fault import FaultClass

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

from mutators import CLASSES, MUTATORS, Mutation, Mutator, TaskFacts  # noqa: E402
from mutators.mutator import parses  # noqa: E402

COLUMNS = ("id", "size", "age", "colour", "bought")
SEEDS = range(2)
TABULAR_PREP = '''"""Prepare."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

TRAIN_FILE = "train.csv"
NUMBERS = ["size", "age"]


def text_matrix(text: pd.Series, longest: int = 3) -> csr_matrix:
    """Weigh words."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    return vectorizer.fit_transform(text.fillna("").str.lower())


def filled(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Fill gaps."""
    blocks = {}
    for column in columns:
        read = pd.to_numeric(rows[column], errors="coerce").astype("float64")
        spread = read.std() or 1.0
        blocks[column] = np.log1p(read.fillna(read.median()) / spread)
    kept = pd.DataFrame(blocks, index=rows.index).replace([np.inf, -np.inf], np.nan)
    levels = pd.Categorical(rows["colour"], categories=pd.Index(["red", "blue"]))
    counts = rows["colour"].map(rows["colour"].value_counts().sort_index())
    words = rows["colour"]
    common = words.value_counts()
    return kept.assign(colour=levels, common=counts, known=words.isin(common)).drop(columns=["age"])


def train_and_test(view: str, rows: pd.DataFrame, n_train: int) -> dict[str, pd.DataFrame]:
    """Cut a view."""
    return {
        f"{view}_train": rows.iloc[:n_train].reset_index(drop=True),
        f"{view}_test": rows.iloc[n_train:].reset_index(drop=True),
    }


def prepare(data_dir: Path) -> dict[str, Any]:
    """Prepare both tables."""
    train = pd.read_csv(data_dir / TRAIN_FILE)
    test = pd.read_csv(data_dir / "test.csv")
    rows = pd.concat([train[NUMBERS], test[NUMBERS]], ignore_index=True)
    answers = train["bought"].to_numpy()
    target = np.asarray(answers)
    numbers = filled(rows, NUMBERS)
    blocks = [numbers, rows.isna().reset_index(drop=True)]
    features = pd.concat(blocks, axis=1)
    design = features.astype("float32")
    for name, column in features.items():
        design[name] = column
    return {
        **train_and_test("features", features, len(train)),
        **train_and_test("design", design, len(train)),
        "target": target,
    }
'''


def templates() -> list[str]:
    """Model modules of our own, one for each library and kind, with their decisions."""
    folder = ROOT / "workspace_templates" / "models"
    names = (
        "lightgbm_classifier",
        "xgboost_classifier",
        "catboost_classifier",
        "linear_classifier",
        "linear_regressor",
        "kernel_classifier",
        "text_naive_bayes",
        "text_nbsvm",
        "text_multilabel",
        "extratrees_regressor",
    )
    decision = DECIDE.partition("\n\n\n")[2]
    texts = [(folder / f"{name}.py").read_text("utf-8") for name in names]
    return [f"{text}\n\n{decision}" for text in texts]


PREPS = (PREP, TABULAR_PREP)
MODELS = (MODEL, *templates())
FACTS = TaskFacts(shop_task(), COLUMNS, "/data/shop")


def mutations(mutator: Mutator) -> Iterator[tuple[str, Mutation]]:
    """What a mutator makes of all modules, with the text that it broke."""
    preps, models = (
        () if mutator.component == side else texts
        for side, texts in (("model", PREPS), ("prep", MODELS))
    )
    for seed in SEEDS:
        for text in (*preps, *models):
            found = mutator.mutate(text, "", random.Random(seed), FACTS)
            if found is not None:
                yield text, found


def changed_lines(before: str, after: str) -> set[int]:
    """Lines of the new text that differ from the old ones, counted from either end."""
    old, new = before.splitlines(), after.splitlines()
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(new))
    ends = zip(reversed(old), reversed(new), strict=False)
    same = next((n for n, (a, b) in enumerate(ends) if a != b), 0)
    return set(range(start + 1, max(start + 1, len(new) - same) + 1))


@pytest.mark.parametrize("mutator", MUTATORS, ids=lambda mutator: mutator.name)
def test_a_mutator_finds_a_site_and_says_where_the_text_changed(mutator: Mutator) -> None:
    found = list(mutations(mutator))
    assert found, "no module has a site"
    for before, mutation in found:
        assert mutation.text != before
        assert 1 <= mutation.line <= mutation.end
        touched = changed_lines(before, mutation.text)
        assert any(mutation.line - 1 <= line <= mutation.end + 1 for line in touched)
        if mutator.kind != "unusable_output":
            assert parses(mutation.text) == (mutator.kind != "syntax")


@pytest.mark.parametrize("mutator", MUTATORS, ids=lambda mutator: mutator.name)
def test_the_same_seed_gives_the_same_text(mutator: Mutator) -> None:
    again: list[Any] = [list(mutations(mutator)) for _ in range(2)]
    assert again[0] == again[1]


def test_there_are_many_mutators_of_every_class_of_fault() -> None:
    assert len({mutator.name for mutator in MUTATORS}) == len(MUTATORS) >= 45
    assert set(get_args(FaultClass)) - set(CLASSES) == {"leak", "lost", "unknown"}


def test_the_place_of_a_mutation_is_told_with_three_lines_of_grace() -> None:
    mutation = Mutation("", 10, 12, "", also=(40,))
    near = [line for line in range(1, 60) if mutation.is_near(line)]
    assert near == [*range(7, 16), *range(37, 44)]
