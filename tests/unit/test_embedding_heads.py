"""Heads on embeddings: they find what parts rows, hold noise back, and stand missing classes."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from workspace_templates.models import (
    embedding_beside_logistic,
    embedding_beside_ridge,
    embedding_logistic,
    embedding_multilabel,
    embedding_ridge,
)

ROWS = 160
RNG = np.random.default_rng(0)
X = RNG.normal(size=(ROWS, 30)).astype("float32") * 0.1
SIGNAL = X[:, 0] + X[:, 1]
DESIGN = pd.DataFrame({"c": RNG.normal(size=ROWS).astype("float32")})


def test_classes_are_told_apart_and_one_that_is_absent_has_no_chance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(embedding_logistic, "CLASSES", 4)
    y = np.digitize(SIGNAL, [-0.08, 0.08])
    model = embedding_logistic.fit(X[:120], y[:120], seed=0)
    given = embedding_logistic.predict(model, X[120:])
    assert given.shape == (40, 4) and (given[:, 3] == 0).all()
    best_constant = np.bincount(y[120:]).max() / 40
    assert (given.argmax(axis=1) == y[120:]).mean() > best_constant + 0.1
    again = embedding_logistic.predict(embedding_logistic.fit(X[:120], y[:120], seed=0), X[120:])
    assert (again == given).all()


def test_where_there_is_only_noise_the_head_says_little() -> None:
    y = np.random.default_rng(5).integers(0, 2, ROWS)
    given = embedding_logistic.predict(embedding_logistic.fit(X[:120], y[:120]), X[120:])
    assert np.abs(given - 0.5).max() < 0.3


def test_labels_that_never_vary_keep_their_share() -> None:
    y = np.column_stack([SIGNAL > 0, np.ones(ROWS)]).astype(int)
    given = embedding_multilabel.predict(embedding_multilabel.fit(X, y), X)
    assert ((given[:, 0] > 0.5) == y[:, 0]).mean() > 0.9
    assert (given[:, 1] == 1.0).all()


@pytest.mark.parametrize("logs", [False, True])
def test_numbers_are_predicted(monkeypatch: pytest.MonkeyPatch, logs: bool) -> None:
    monkeypatch.setattr(embedding_ridge, "LOG_TARGET", logs)
    y = np.expm1(3 + SIGNAL) if logs else SIGNAL
    found = embedding_ridge.predict(embedding_ridge.fit(X[:120], y[:120]), X[120:])
    assert np.corrcoef(found, y[120:])[0, 1] > 0.9
    two = embedding_ridge.fit(X, np.column_stack([y, 2 * y]))
    assert embedding_ridge.predict(two, X).shape == (ROWS, 2)


@pytest.mark.parametrize("template", [embedding_beside_logistic, embedding_beside_ridge])
def test_a_column_beside_embeddings_counts_as_much_as_all_of_them(template: ModuleType) -> None:
    column = DESIGN["c"].to_numpy()
    y = (column > 0).astype(int)
    found = template.predict(template.fit(X[:120], y[:120], DESIGN[:120]), X[120:], DESIGN[120:])
    assert ((found > 0.5) == y[120:]).mean() > 0.9
