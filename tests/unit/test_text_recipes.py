"""The text recipes and model templates: honest about new rows, repeatable, better than a guess."""

import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix, issparse
from sklearn.metrics import log_loss, roc_auc_score

from workspace_templates import models
from workspace_templates.recipes.text_clean import clean_text
from workspace_templates.recipes.text_codes import character_codes, word_codes
from workspace_templates.recipes.text_counts import char_tfidf, word_counts, word_tfidf
from workspace_templates.recipes.text_statistics import text_statistics, text_svd

FOLDER = Path(models.__file__).parent
RECIPES = (word_counts, word_tfidf, char_tfidf, character_codes, word_codes)
FAVOURITES = (
    ("night", "raven", "tomb", "dreary", "; "),
    ("monster", "glacier", "father", "sublime", ", "),
    ("cult", "abyss", "elder", "cyclopean", " - "),
)
COMMON = ("the", "of", "and", "was", "I", "it", "in", "had", "upon", "my")
N_TRAIN = 300

Recipe = Callable[[pd.Series, dict[str, Any]], csr_matrix]


@cache
def corpus(classes: int, rows: int = 420, seed: int = 0) -> tuple[pd.Series, np.ndarray]:
    """Invent authors who share common words and have favourite words and marks of their own."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, rows)
    texts = [sentence(rng, int(author)) for author in y]
    return pd.Series(texts, name="text"), y


def sentence(rng: np.random.Generator, author: int) -> str:
    """Write common words with a favourite here and there; one in five is another author's."""
    *own, mark = FAVOURITES[author]
    other = FAVOURITES[int(rng.integers(0, 3))]
    words = [str(rng.choice(COMMON)) for _ in range(rng.integers(4, 15))]
    words.append(str(rng.choice(own if rng.random() < 0.8 else other[:-1])))
    return str(mark if rng.random() < 0.3 else " ").join(words)


def template(name: str, **constants: Any) -> ModuleType:
    """Load a fresh copy of a template and set constants at its top, as a coder does."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for constant, value in constants.items():
        assert hasattr(module, constant)
        setattr(module, constant, value)
    return module


MEMBERS: tuple[tuple[str, Recipe, dict[str, Any]], ...] = (
    ("text_naive_bayes", word_counts, {}),
    ("text_naive_bayes", word_tfidf, {"ALPHA": 0.03, "DAMPING": 0.0}),
    ("text_language_model", character_codes, {"ORDER": 4}),
    ("text_language_model", word_codes, {"ORDER": 2, "FIRST_DISCOUNT": 0.05}),
    ("text_logistic", word_tfidf, {}),
    ("text_nbsvm", word_tfidf, {}),
    ("text_linear_svc", char_tfidf, {}),
)


def answers(member: tuple[str, Recipe, dict[str, Any]], classes: int) -> np.ndarray:
    """Fit a member on the first rows of the corpus and predict the rest."""
    name, recipe, constants = member
    text, y = corpus(classes)
    X = recipe(text, {})
    module = template(name, CLASSES=classes, **constants)
    return np.asarray(module.predict(module.fit(X[:N_TRAIN], y[:N_TRAIN]), X[N_TRAIN:]))


def test_cleaning_undoes_quotes_escapes_entities_and_double_encoding() -> None:
    raw = pd.Series(
        [r'"It\xe9 \u201cwas\u201d\nso."', r"A\\xc2\\xa0b &amp; c", None, "plain", r"C:\q"]
    )
    assert list(clean_text(raw)) == ["Ité “was”\nso.", "A b & c", "", "plain", r"C:\q"]


def test_cleaning_keeps_accented_letters_that_were_read_rightly() -> None:
    assert list(clean_text(pd.Series(["Âme sœur, façade é", "x Ã© y"]))) == [
        "Âme sœur, façade é",
        "x é y",
    ]


def test_an_emoji_in_two_escaped_halves_is_one_character_and_a_lone_half_none() -> None:
    raw = pd.Series([r"so \ud83d\ude02 \u00e9", r"cut \ud83d"])

    cleaned = list(clean_text(raw))

    assert cleaned == ["so \U0001f602 é", "cut \ufffd"]
    assert all(text.encode() for text in cleaned)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_gives_one_sparse_row_per_text_and_repeats_itself(recipe: Recipe) -> None:
    text, _ = corpus(3)
    first, second = recipe(text, {}), recipe(text, {})
    assert issparse(first)
    assert first.shape[0] == len(text)
    assert first.data.dtype in (np.float32, np.int32)
    assert (first != second).nnz == 0


@pytest.mark.parametrize("recipe", RECIPES)
def test_new_texts_alone_get_the_rows_that_they_had_among_all(recipe: Recipe) -> None:
    text, _ = corpus(3)
    fitted: dict[str, Any] = {}
    every = recipe(text, fitted)
    alone = recipe(text[N_TRAIN:].reset_index(drop=True), fitted)
    width = min(every.shape[1], alone.shape[1])
    assert (every[N_TRAIN:, :width] != alone[:, :width]).nnz == 0
    assert every[N_TRAIN:].nnz == alone.nnz


def test_words_never_seen_leave_counts_empty_and_codes_unknown() -> None:
    fitted: dict[str, Any] = {}
    text, _ = corpus(3)
    unseen = pd.Series(["zzz qqq"], name="text")
    word_counts(text, fitted)
    word_codes(text, fitted)
    assert word_counts(unseen, fitted).nnz == 0
    assert word_codes(unseen, fitted).data.tolist() == [1, 1]


def test_settings_of_their_own_have_a_vocabulary_of_their_own() -> None:
    fitted: dict[str, Any] = {}
    text, _ = corpus(3)
    single, pairs = (word_counts(text, fitted, longest=longest) for longest in (1, 2))
    assert single.shape[1] < pairs.shape[1]


def test_punctuation_marks_are_words_and_case_stays() -> None:
    fitted: dict[str, Any] = {}
    word_counts(pd.Series(["Stop; don't stop!"], name="t"), fitted, longest=1)
    [vectoriser] = fitted.values()
    assert sorted(vectoriser.vocabulary_) == ["!", ";", "Stop", "don't", "stop"]


def test_codes_stand_in_reading_order() -> None:
    codes = word_codes(pd.Series(["a b a", "", "b"], name="t"), {}, rarest=1).toarray()
    assert codes.tolist() == [[2, 3, 2], [0, 0, 0], [3, 0, 0]]


def test_a_huge_alphabet_is_cut_so_that_a_language_model_can_count_in_64_bits() -> None:
    signs = "".join(chr(0x4E00 + i) * 2 for i in range(3000))
    text = pd.Series([signs, signs[:2000], "aaaa", "aaab"], name="t")
    X = character_codes(text, {})
    module = template("text_language_model")
    raw = module.predict(module.fit(X, np.array([0, 0, 1, 1])), X)
    assert X.data.max() == 401
    assert np.isfinite(np.log(raw)).all()


def test_statistics_measure_form_and_survive_empty_text() -> None:
    form = text_statistics(pd.Series(["You IDIOT!!!", ""], name="c"))
    assert form["c_words"].tolist() == [2, 0]
    assert form["c_exclamations"].tolist() == pytest.approx([3 / 12, 0])
    assert form["c_shouted"].tolist() == pytest.approx([1 / 12, 0])
    assert np.isfinite(form.to_numpy()).all()


def test_themes_of_new_rows_come_from_memory() -> None:
    fitted: dict[str, Any] = {}
    matrix = word_tfidf(corpus(3)[0], fitted)
    every = text_svd(matrix, fitted, "text", themes=8)
    alone = text_svd(matrix[N_TRAIN:], fitted, "text", themes=8)
    assert every.shape == (420, 8)
    np.testing.assert_allclose(every.to_numpy()[N_TRAIN:], alone.to_numpy(), atol=1e-6)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{member[0]}-{member[1].__name__}")
def test_three_classes_are_told_apart_with_probabilities_that_add_up(member: Any) -> None:
    raw = answers(member, 3)
    y = corpus(3)[1]
    prior = np.tile(np.bincount(y[:N_TRAIN]) / N_TRAIN, (len(raw), 1))
    assert raw.shape == (120, 3)
    np.testing.assert_allclose(raw.sum(axis=1), 1, atol=1e-6)
    assert np.isfinite(np.log(raw)).all()
    assert log_loss(y[N_TRAIN:], raw) < 0.9 * log_loss(y[N_TRAIN:], prior)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{member[0]}-{member[1].__name__}")
def test_two_classes_are_told_apart_by_one_probability(member: Any) -> None:
    raw = answers(member, 2)
    y = corpus(2)[1]
    assert raw.shape == (120,)
    assert ((raw > 0) & (raw < 1)).all()
    assert roc_auc_score(y[N_TRAIN:], raw) > 0.75


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{member[0]}-{member[1].__name__}")
def test_a_member_repeats_itself(member: Any) -> None:
    assert np.array_equal(answers(member, 3), answers(member, 3))


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{member[0]}-{member[1].__name__}")
def test_a_class_without_training_rows_gets_next_to_nothing(member: Any) -> None:
    name, recipe, constants = member
    text, y = corpus(3)
    X = recipe(text, {})
    module = template(name, CLASSES=3, **constants)
    raw = module.predict(module.fit(X[y != 1], y[y != 1]), X)
    assert raw.shape == (len(y), 3)
    assert raw[:, 1].max() < 0.2


@pytest.mark.parametrize("member", MEMBERS[:4], ids=lambda m: f"{m[0]}-{m[1].__name__}")
def test_counting_members_know_how_rare_a_rare_class_is(member: Any) -> None:
    name, recipe, constants = member
    text, y = corpus(2, rows=1500)
    kept = (y == 0) | (np.arange(len(y)) % 5 == 0)
    X, y = recipe(text, {})[kept], y[kept]
    module = template(name, CLASSES=2, **constants)
    raw = module.predict(module.fit(X[:N_TRAIN], y[:N_TRAIN]), X[N_TRAIN:])
    assert raw.mean() == pytest.approx(y[N_TRAIN:].mean(), abs=0.08)
    assert log_loss(y[N_TRAIN:], raw) < log_loss(y[N_TRAIN:], np.full(len(raw), y.mean()))


def test_language_model_gives_every_text_a_chance_of_one_over_all_next_symbols() -> None:
    module = template("text_language_model", CLASSES=2, ORDER=3)
    text, y = corpus(2)
    X = character_codes(text, {})
    model = module.count_classes(X, y)
    context = X[0].data[:2].astype(np.int64)
    gram = context[0] * model.base + context[1]
    following = gram * model.base + np.arange(model.base)
    grams = [following % model.base**length for length in (1, 2, 3)]
    chances = np.exp(module.log_likelihood(model.levels[0], grams, model.base))
    assert chances.sum() == pytest.approx(1)


def test_language_model_refuses_more_symbols_than_fit_in_its_numbers() -> None:
    module = template("text_language_model", CLASSES=2, ORDER=9)
    text, y = corpus(2)
    with pytest.raises(ValueError, match="64 bits"):
        module.fit(character_codes(text, {}) * 100, y)


def test_ridge_reads_numbers_from_texts() -> None:
    text, y = corpus(3)
    numbers = np.column_stack([y * 2.0 + 1, -y.astype(float)])
    X = word_tfidf(text, {})
    module = template("text_ridge", PENALTY=1.0)
    single = module.predict(module.fit(X[:N_TRAIN], numbers[:N_TRAIN, 0]), X[N_TRAIN:])
    both = module.predict(module.fit(X[:N_TRAIN], numbers[:N_TRAIN]), X[N_TRAIN:])
    wanted = numbers[N_TRAIN:, 0]
    assert both.shape == (120, 2)
    np.testing.assert_allclose(single, both[:, 0], atol=0.05)
    assert np.mean((single - wanted) ** 2) < 0.7 * wanted.var()


def test_labels_are_told_apart_and_one_that_never_varies_keeps_its_share() -> None:
    text, y = corpus(3)
    labels = np.column_stack([y == 0, np.ones(len(y)), y != 2]).astype(float)
    X = word_tfidf(text, {})
    module = template("text_multilabel")
    raw = module.predict(module.fit(X[:N_TRAIN], labels[:N_TRAIN]), X[N_TRAIN:])
    assert raw.shape == (120, 3)
    assert raw[:, 1].tolist() == [1.0] * 120
    assert roc_auc_score(labels[N_TRAIN:, 0], raw[:, 0]) > 0.75
    assert roc_auc_score(labels[N_TRAIN:, 2], raw[:, 2]) > 0.75
