"""Which of the names that exist was meant: by meaning, by spelling."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

SAME_MEANING = (
    "n_estimators iterations num_boost_round num_iterations max_iter n_iter rounds num_rounds "
    "epochs n_epochs num_trees n_trees max_iterations",
    "random_state seed random_seed rng random_number",
    "n_jobs thread_count nthread num_threads threads n_threads num_workers workers nproc",
    "learning_rate eta lr learn_rate shrinkage",
    "max_depth depth tree_depth",
    "reg_lambda l2_leaf_reg lambda_l2 l2_regularization l2 lambda",
    "reg_alpha lambda_l1 l1",
    "objective loss_function loss criterion",
    "min_child_samples min_data_in_leaf min_samples_leaf min_child_weight",
    "subsample bagging_fraction max_samples",
    "colsample_bytree feature_fraction rsm max_features colsample",
    "verbose verbosity silent logging_level verbose_eval",
    "sep delimiter separator delim",
    "sparse sparse_output",
    "base_estimator estimator",
    "affinity metric",
    "line_terminator lineterminator",
    "axis dim axes",
    "keepdims keepdim",
    "columns cols column col",
    "usecols use_cols columns cols",
    "by key keys on",
    "on key keys by",
    "loc mean mu",
    "scale std sigma",
    "alpha lambda_ l2 regularization",
    "ascending asc",
    "index_col index index_column",
    "fill_value value fill",
    "n_components n_components_ k dims n_dim",
    "n_splits n_folds k folds",
    "penalty regularization",
    "cat_features categorical_feature categorical_features categoricals",
    "early_stopping_rounds patience n_iter_no_change early_stopping stopping_rounds",
    "valid validation eval_set valid_sets",
    "orient orientation",
    "tokenizer processing_class",
    "evaluation_strategy eval_strategy",
    "warn_bad_lines error_bad_lines on_bad_lines",
    "predict_proba predict_prob predict_probabilities",
    "test_size test_fraction",
    "how method join",
    "alpha C",
)
GROUPS = tuple(tuple(words.split()) for words in SAME_MEANING)
"""Words of libraries for the same thing. They only rank what the installed signature offers."""
CUTOFF = 0.6


def meant(name: str, offered: Collection[str], most: int = 3) -> list[str]:
    """The offered names that may have been meant, the likeliest first."""
    near = nearest(name, offered, most)
    groups = [g for g in GROUPS if name in g] or [
        g for g in GROUPS if any(slip(name, word) for word in g if len(word) > 4)
    ]
    same = [word for group in groups for word in group if word in offered and word != name]
    misspelt = [word for word in near if slip(name, word)]
    short = sorted((word for word in offered if begins(name, word)), key=lambda w: (len(w), w))
    return list(dict.fromkeys([*misspelt, *same, *short, *near]))[:most]


def begins(name: str, other: str) -> bool:
    """Whether a name is the beginning of another one, as in `ngram` for `ngram_range`."""
    return 1 < len(name) < len(other) and other.startswith(name)


def nearest(name: str, offered: Iterable[str], most: int = 3, cutoff: float = CUTOFF) -> list[str]:
    """The names spelled most alike: first a slip of the fingers, then by shared letters."""
    scored = [(score(name, other), other) for other in set(offered) if other != name]
    good = sorted((-value, other) for value, other in scored if value >= cutoff)
    return [other for _, other in good[:most]]


def score(name: str, other: str) -> float:
    """How alike two names are, 0 to 1; the same letters in another case or form count most."""
    plain, plain_other = bare(name), bare(other)
    if plain == plain_other:
        return 1.0
    ratio = difflib.SequenceMatcher(None, plain, plain_other, autojunk=False).ratio()
    if not slip(name, other):
        return 0.85 * ratio
    steps, longer = distance(plain, plain_other), abs(len(plain) - len(plain_other))
    return 0.95 - 0.03 * steps - 0.005 * longer + 0.01 * ratio


def slip(name: str, other: str) -> bool:
    """Whether one name is the other, mistyped: one letter in four at most."""
    plain, plain_other = bare(name), bare(other)
    longest = max(len(plain), len(plain_other))
    return distance(plain, plain_other) <= max(1, longest // 5) and longest > 2


def bare(name: str) -> str:
    """The letters and digits of a name, in small letters."""
    return name.replace("_", "").lower() or name


def distance(a: str, b: str) -> int:
    """Insertions, deletions, exchanges and swaps of neighbours between two words."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        two_before, before, row = before, row, [i] + [0] * len(b)
        for j, other in enumerate(b, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                row[j] = min(row[j], two_before[j - 2] + 1)
    return row[-1]
