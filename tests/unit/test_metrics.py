"""Each metric against a value worked out by hand, and against scikit-learn and scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sklearn.metrics as reference
from scipy.stats import pearsonr, spearmanr

from iiml_codegen.domain.metric import METRICS, decision_for
from iiml_codegen.worker import decisions
from iiml_codegen.worker.metrics import MEASURES
from iiml_codegen.worker.metrics_labels import OF_COLUMNS
from iiml_codegen.worker.pairing import spread
from iiml_codegen.worker.predictions import Aim

YES_NO = ([1, 1, 1, 0, 0], [1, 1, 0, 1, 0])
GRADES = ([0, 1, 2, 2], [0, 2, 2, 1])
TAGS = ([[1, 1], [0, 1]], [[1, 0], [0, 1]])
MASKS = ([[1, 1, 0, 0], [0, 0, -1, -1], [0, 0, 0, -1]], [[1, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, 0]])
LABELS_RANKED = ([[1, 0, 1], [0, 1, 0]], [[0.9, 0.5, 0.2], [0.5, 0.5, 0.1]])
RANKED = ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
NUMBERS = ([1.0, 2.0, 4.0], [2.0, 2.0, 2.0])
SORTED = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]

BY_HAND: list[tuple[str, object, object, float]] = [
    ("accuracy", *YES_NO, 3 / 5),
    ("accuracy", *TAGS, 1 / 2),
    ("error_rate", *YES_NO, 2 / 5),
    ("balanced_accuracy", *YES_NO, (2 / 3 + 1 / 2) / 2),
    ("f1", *YES_NO, 2 / 3),
    ("macro_f1", *YES_NO, (2 / 3 + 1 / 2) / 2),
    ("macro_f1", *TAGS, (1 + 2 / 3) / 2),
    ("micro_f1", *GRADES, 1 / 2),
    ("micro_f1", *TAGS, 4 / 5),
    ("weighted_f1", *YES_NO, (3 * 2 / 3 + 2 * 1 / 2) / 5),
    ("weighted_f1", *TAGS, (1 * 1 + 2 * 2 / 3) / 3),
    ("samples_f1", *TAGS, (2 / 3 + 1) / 2),
    ("f2", [1, 1, 0], [1, 0, 0], 5 * 1 / (5 * 1 + 4 * 1)),
    ("f_half", [1, 1, 0], [1, 0, 0], 1.25 * 1 / (1.25 * 1 + 0.25 * 1)),
    ("mcc", *YES_NO, (2 * 1 - 1 * 1) / math.sqrt(3 * 3 * 2 * 2)),
    ("quadratic_weighted_kappa", *GRADES, 1 - 2 / 5.5),
    ("linear_weighted_kappa", *GRADES, 1 - 2 / 3.5),
    ("cohen_kappa", *GRADES, (2 / 4 - 6 / 16) / (1 - 6 / 16)),
    ("jaccard", *YES_NO, 2 / 4),
    ("jaccard", *TAGS, (1 / 2 + 1) / 2),
    ("hamming_loss", *TAGS, 1 / 4),
    ("mean_dice", *MASKS, (2 * 2 / 5 + 1 + 0) / 3),
    ("mean_iou", *MASKS, (2 / 3 + 1 + 0) / 3),
    ("precision_at_ious", *MASKS, (4 / 10 + 1 + 0) / 3),
    ("exact_match", [1, 1, 1, 1], [1, 0, 1, 1], 3 / 4),
    ("word_jaccard", [1, 1], [1 / 3, 1], 2 / 3),
    ("log_loss", [1, 0], [0.5, 0.25], -(math.log(0.5) + math.log(0.75)) / 2),
    ("log_loss", [[1, 0]], [[0.5, 0.25]], -(math.log(0.5) + math.log(0.75)) / 2),
    ("log_loss", [0, 1], [[0.5, 0.5], [0.25, 0.75]], -(math.log(0.5) + math.log(0.75)) / 2),
    ("multiclass_log_loss", [0, 1], [[1.0, 1.0], [0.25, 0.75]], -(math.log(0.375)) / 2),
    ("mean_column_log_loss", [[1, 0]], [[0.5, 0.25]], -(math.log(0.5) + math.log(0.75)) / 2),
    ("balanced_log_loss", [0, 0, 0, 1], [0.5, 0.5, 0.5, 0.25], (math.log(2) + math.log(4)) / 2),
    ("balanced_log_loss", [0, 0, 2], [[0.5, 0.2, 0.3]] * 3, -(math.log(0.5) + math.log(0.3)) / 2),
    ("brier", [1, 0], [0.5, 0.25], (0.25 + 0.0625) / 2),
    ("brier", [0], [[0.5, 0.5]], 0.5),
    ("roc_auc", *RANKED, 3 / 4),
    ("roc_auc", [0, 1, 1], [0.5, 0.5, 0.9], 3 / 4),
    ("mean_column_roc_auc", [[0, 1], [1, 0]], [[0.1, 0.2], [0.9, 0.8]], 1 / 2),
    ("micro_roc_auc", [[0, 1], [1, 0]], [[0.1, 0.2], [0.9, 0.8]], 3 / 4),
    ("lwlrap", *LABELS_RANKED, (1 + 2 / 3 + 1 / 2) / 3),
    ("lrap", *LABELS_RANKED, ((1 + 2 / 3) / 2 + 1 / 2) / 2),
    ("lrap", [[0, 0], [1, 0]], [[0.1, 0.2], [0.1, 0.2]], (1 + 1 / 2) / 2),
    ("roc_auc_ovr", [0, 1], [[0.9, 0.9], [0.1, 0.1]], (1 + 0) / 2),
    ("average_precision", *RANKED, 1 * 1 / 2 + 2 / 3 * 1 / 2),
    ("pr_auc", *RANKED, 0.5 * 1 + 0.25 * (1 / 2 + 2 / 3) + 0.0),
    ("gini", *RANKED, 2 * 3 / 4 - 1),
    ("gini", [1.0, 2.0, 3.0], [3.0, 2.0, 1.0], -1.0),
    ("map_at_3", [0, 1, 3], [SORTED] * 3, (1 + 1 / 2 + 0) / 3),
    ("map_at_5", [2, 4, 5], [SORTED] * 3, (1 / 3 + 1 / 5 + 0) / 3),
    ("top_3_accuracy", [0, 2, 3], [SORTED] * 3, 2 / 3),
    ("top_5_accuracy", [0, 4, 5], [SORTED] * 3, 2 / 3),
    ("spearman", [1, 2, 3], [10, 30, 20], 0.5),
    ("pearson", [1, 2, 3], [1, 3, 2], 0.5),
    ("rmse", *NUMBERS, math.sqrt(5 / 3)),
    ("mse", *NUMBERS, 5 / 3),
    ("mae", *NUMBERS, 1.0),
    ("median_ae", *NUMBERS, 1.0),
    ("mape", *NUMBERS, (1 + 0 + 1 / 2) / 3),
    ("smape", *NUMBERS, 100 * (2 * 1 / 3 + 0 + 2 * 2 / 6) / 3),
    ("rmspe", [1.0, 0.0, 4.0], [2.0, 5.0, 2.0], math.sqrt((1 + 1 / 4) / 2)),
    ("rmsle", [0.0, math.e - 1], [math.e - 1, math.e - 1], math.sqrt(1 / 2)),
    ("mean_column_rmsle", [[0.0, 0.0]], [[math.e - 1, 0.0]], 1 / 2),
    ("mean_column_rmse", [[0.0, 0.0], [0.0, 0.0]], [[3.0, 1.0], [3.0, 1.0]], 2.0),
    ("mean_column_mae", [[0.0, 0.0]], [[3.0, -1.0]], 2.0),
    ("rmse_of_logs", [1.0, 1.0], [math.e, 1.0], math.sqrt(1 / 2)),
    ("r2", *NUMBERS, 1 - 5 / (42 / 9)),
    ("explained_variance", [1.0, 2.0, 3.0], [2.0, 3.0, 4.0], 1.0),
    ("pinball", *NUMBERS, 1 / 2),
    ("poisson_deviance", [0.0, 1.0], [1.0, 1.0], (2 + 0) / 2),
    ("gamma_deviance", [1.0, 1.0], [1.0, 2.0], 2 * (math.log(2) - 1 / 2) / 2),
    ("tweedie_deviance", [0.0, 1.0], [1.0, 1.0], (4 + 0) / 2),
    ("huber", [0.0, 0.0], [0.5, 3.0], (0.125 + 2.5) / 2),
]


def value(name: str, y: object, answers: object) -> float:
    truth = np.asarray(y, dtype=np.float64)
    classes = int(truth.max()) + 1 if truth.ndim == 1 else 2
    return MEASURES[name].value(truth, np.asarray(answers, dtype=np.float64), max(2, classes))


@pytest.mark.parametrize(("name", "y", "answers", "expected"), BY_HAND)
def test_a_metric_has_its_value_by_hand(
    name: str, y: object, answers: object, expected: float
) -> None:
    assert value(name, y, answers) == pytest.approx(expected, abs=1e-12)


def test_every_metric_is_checked_by_hand() -> None:
    assert {case[0] for case in BY_HAND} == set(METRICS)


def test_registry_and_worker_know_the_same_metrics_and_agree_about_them() -> None:
    ours = {n: (i.greater_is_better, i.wants) for n, i in METRICS.items()}
    theirs = {n: (m.greater_is_better, m.wants) for n, m in MEASURES.items()}
    assert ours == theirs


def test_registry_and_worker_agree_about_decisions() -> None:
    for name, info in METRICS.items():
        for kind in info.kinds:
            assert decision_for(info, kind) == decisions.decision_for(MEASURES[name], kind)


def test_numbers_stay_where_answers_lie_for_metrics_of_ranks_too() -> None:
    y = np.array([0.0, 0.25, 0.5, 1.0] * 10)
    aim = Aim("spearman", "regression", classes=0, seed=0)
    fitted = decisions.fit_decision(aim, y, y)
    asked = np.array([-0.2, 0.3, 1.4])
    assert decisions.apply_decision(aim, asked, fitted).tolist() == [0.0, 0.3, 1.0]


RNG = np.random.default_rng(7)
CODES, GUESSES = RNG.integers(0, 4, 300), RNG.integers(0, 4, 300)
BITS, BIT_GUESSES = CODES % 2, GUESSES % 2
TRUE_TAGS, TAG_GUESSES = RNG.integers(0, 2, (300, 3)), RNG.integers(0, 2, (300, 3))
P = RNG.random((300, 4))
P /= P.sum(axis=1, keepdims=True)
Y, A = RNG.gamma(2.0, 3.0, 300), RNG.gamma(2.0, 3.0, 300)
TAG_CHANCES = RNG.random((300, 3)).round(1)
HOW_MANY = TRUE_TAGS.sum(axis=1)

BY_REFERENCE: list[tuple[str, object, object, float]] = [
    ("balanced_accuracy", CODES, GUESSES, reference.balanced_accuracy_score(CODES, GUESSES)),
    ("macro_f1", CODES, GUESSES, reference.f1_score(CODES, GUESSES, average="macro")),
    ("weighted_f1", CODES, GUESSES, reference.f1_score(CODES, GUESSES, average="weighted")),
    ("mcc", CODES, GUESSES, reference.matthews_corrcoef(CODES, GUESSES)),
    ("cohen_kappa", CODES, GUESSES, reference.cohen_kappa_score(CODES, GUESSES)),
    (
        "quadratic_weighted_kappa",
        CODES,
        GUESSES,
        reference.cohen_kappa_score(CODES, GUESSES, weights="quadratic"),
    ),
    ("f2", BITS, BIT_GUESSES, reference.fbeta_score(BITS, BIT_GUESSES, beta=2)),
    ("f_half", BITS, BIT_GUESSES, reference.fbeta_score(BITS, BIT_GUESSES, beta=0.5)),
    ("jaccard", BITS, BIT_GUESSES, reference.jaccard_score(BITS, BIT_GUESSES)),
    (
        "macro_f1",
        TRUE_TAGS,
        TAG_GUESSES,
        reference.f1_score(TRUE_TAGS, TAG_GUESSES, average="macro"),
    ),
    (
        "weighted_f1",
        TRUE_TAGS,
        TAG_GUESSES,
        reference.f1_score(TRUE_TAGS, TAG_GUESSES, average="weighted"),
    ),
    ("log_loss", CODES, P, reference.log_loss(CODES, P)),
    (
        "balanced_log_loss",
        CODES,
        P,
        reference.log_loss(CODES, P, sample_weight=1.0 / np.bincount(CODES)[CODES]),
    ),
    ("roc_auc", BITS, P[:, 0], reference.roc_auc_score(BITS, P[:, 0])),
    ("roc_auc", BITS, np.round(P[:, 0], 1), reference.roc_auc_score(BITS, np.round(P[:, 0], 1))),
    (
        "micro_roc_auc",
        TRUE_TAGS,
        TAG_CHANCES,
        reference.roc_auc_score(TRUE_TAGS, TAG_CHANCES, average="micro"),
    ),
    (
        "lwlrap",
        TRUE_TAGS,
        TAG_CHANCES,
        reference.label_ranking_average_precision_score(
            TRUE_TAGS[HOW_MANY > 0], TAG_CHANCES[HOW_MANY > 0], sample_weight=HOW_MANY[HOW_MANY > 0]
        ),
    ),
    (
        "lrap",
        TRUE_TAGS,
        TAG_CHANCES,
        reference.label_ranking_average_precision_score(TRUE_TAGS, TAG_CHANCES),
    ),
    ("roc_auc_ovr", CODES, P, reference.roc_auc_score(CODES, P, multi_class="ovr")),
    ("average_precision", BITS, P[:, 0], reference.average_precision_score(BITS, P[:, 0])),
    ("r2", Y, A, reference.r2_score(Y, A)),
    ("explained_variance", Y, A, reference.explained_variance_score(Y, A)),
    ("rmsle", Y, A, reference.root_mean_squared_log_error(Y, A)),
    ("mape", Y, A, reference.mean_absolute_percentage_error(Y, A)),
    ("poisson_deviance", Y, A, reference.mean_poisson_deviance(Y, A)),
    ("gamma_deviance", Y, A, reference.mean_gamma_deviance(Y, A)),
    ("tweedie_deviance", Y, A, reference.mean_tweedie_deviance(Y, A, power=1.5)),
    ("spearman", Y, A, spearmanr(Y, A).statistic),
    ("pearson", Y, A, pearsonr(Y, A).statistic),
]


@pytest.mark.parametrize(("name", "y", "answers", "expected"), BY_REFERENCE)
def test_a_metric_agrees_with_the_library(
    name: str, y: object, answers: object, expected: float
) -> None:
    assert value(name, y, answers) == pytest.approx(float(expected), abs=1e-10)


@pytest.mark.parametrize(("name", "y", "answers", "_"), BY_REFERENCE)
def test_the_mean_of_the_pieces_is_the_value(
    name: str, y: object, answers: object, _: float
) -> None:
    truth, given = np.asarray(y, dtype=np.float64), np.asarray(answers, dtype=np.float64)
    pieces = MEASURES[name].pieces(truth, given, 4)
    assert pieces.mean() == pytest.approx(MEASURES[name].value(truth, given, 4), abs=1e-10)


@pytest.mark.parametrize(
    "name", ["quadratic_weighted_kappa", "mcc", "macro_f1", "rmse", "r2", "rmsle", "pearson"]
)
def test_the_standard_error_is_that_of_a_bootstrap(name: str) -> None:
    rng = np.random.default_rng(1)
    if MEASURES[name].wants == "labels":
        y = rng.integers(0, 4, 800).astype(np.float64)
        answers = np.clip(y + rng.integers(-1, 2, 800), 0, 3)
    else:
        y = rng.gamma(2.0, 3.0, 800)
        answers = y * rng.uniform(0.5, 1.5, 800)
    rounds = [rng.integers(0, 800, 800) for _ in range(400)]
    bootstrap = np.std([MEASURES[name].value(y[r], answers[r], 4) for r in rounds])
    assert spread(MEASURES[name].pieces(y, answers, 4)) == pytest.approx(bootstrap, rel=0.2)


@pytest.mark.parametrize("name", ["lwlrap", "lrap", "micro_roc_auc"])
def test_the_standard_error_of_ranked_labels_is_that_of_a_bootstrap(name: str) -> None:
    rng = np.random.default_rng(3)
    y = (rng.random((800, 4)) < [0.6, 0.3, 0.2, 0.1]).astype(np.float64)
    answers = y + rng.normal(0, 1, y.shape)
    rounds = [rng.integers(0, 800, 800) for _ in range(300)]
    bootstrap = np.std([MEASURES[name].value(y[r], answers[r]) for r in rounds])
    assert spread(MEASURES[name].pieces(y, answers)) == pytest.approx(bootstrap, rel=0.2)


@pytest.mark.parametrize("name", ["roc_auc", "gini", "average_precision"])
def test_the_standard_error_of_a_ranking_is_that_of_a_bootstrap(name: str) -> None:
    rng = np.random.default_rng(2)
    y = rng.integers(0, 2, 800).astype(np.float64)
    answers = y + rng.normal(0, 1, 800)
    rounds = [rng.integers(0, 800, 800) for _ in range(300)]
    bootstrap = np.std([MEASURES[name].value(y[r], answers[r]) for r in rounds])
    assert spread(MEASURES[name].pieces(y, answers)) == pytest.approx(bootstrap, rel=0.3)


@pytest.mark.parametrize("name", sorted(OF_COLUMNS))
def test_the_rows_of_several_labels_have_the_metric_as_mean(name: str) -> None:
    y, answers = TRUE_TAGS.astype(np.float64), TAG_GUESSES.astype(np.float64)
    pieces = MEASURES[name].pieces(y, answers)
    assert len(pieces) == len(y)
    assert pieces.mean() == pytest.approx(MEASURES[name].value(y, answers), abs=1e-12)
