"""Features chosen by measured gain: pairs of numbers, numbers beside their level, crossed levels.

Quick trees say what the features leave unexplained. A new column is kept if it explains some of
that on rows from which its averages were not learned. The kinds are those of AutoGluon's TabPrep.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial, reduce
from itertools import combinations, product
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.targets import target_means

TRIED_ROWS = 8000
TRIED_NUMBERS = 20
TRIED_BESIDE = 10
MOST_KEPT = 6
MOST_RUNNERS = 60
KEY_LEVELS = 30
BINS = 16
PULL = 10.0
# Of 570 columns of noise on 570 to 8,000 rows, none explained more than this.
LEAST_GAIN = 0.001
LEAST_GAIN_BY_ROWS = 12.0

Chosen = tuple[str, ...]


@dataclass
class Trial:
    """What new columns are tried on: `left` is what trees leave of the lessons of `tried` rows.

    `lessons` are of all training rows, (rows, lessons); `left` has a row per position in `tried`.
    """

    lessons: np.ndarray
    tried: np.ndarray
    left: np.ndarray


def target_lessons(target: np.ndarray, classes: int = 2, *, logarithm: bool = False) -> np.ndarray:
    """Give the target as numbers to explain, (rows, lessons): one per class beyond two."""
    if classes > 2:
        return np.asarray(target[:, None] == np.arange(classes), dtype="float64")
    lessons = np.asarray(target, dtype="float64")
    lessons = lessons[:, None] if lessons.ndim == 1 else lessons
    return np.log1p(lessons) if logarithm else lessons


def unexplained(features: pd.DataFrame, lessons: np.ndarray, parts: int = 3) -> Trial:
    """Fit quick trees on some training rows, and see what they leave of rows they did not see."""
    tried = np.random.default_rng(0).permutation(len(lessons))[:TRIED_ROWS]
    X, y = features.iloc[tried], lessons[tried]
    left = np.zeros_like(y)
    part = np.arange(len(tried)) % parts
    for number, lesson in product(range(parts if len(tried) else 0), range(y.shape[1])):
        mine = part == number
        trees = lgb.LGBMRegressor(
            n_estimators=80, num_leaves=15, random_state=0, n_jobs=1, deterministic=True, verbose=-1
        )
        trees.fit(X[~mine], y[~mine, lesson])
        left[mine, lesson] = y[mine, lesson] - trees.predict(X[mine])
    return Trial(lessons, tried, left)


def explained(codes: np.ndarray, left: np.ndarray) -> tuple[float, np.ndarray]:
    """Say how much of `left` its means by code explain, and give them; told by the other half."""
    half = np.arange(len(codes)) % 2
    told = np.zeros_like(left)
    for mine in (half == 0, half == 1):
        counts = np.bincount(codes[~mine], minlength=codes.max(initial=0) + 1) + PULL
        for lesson in range(left.shape[1]):
            sums = np.bincount(codes[~mine], left[~mine, lesson], minlength=len(counts))
            told[mine, lesson] = (sums / counts)[codes[mine]]
    before = (left**2).sum(axis=0)
    shares = 1 - ((left - told) ** 2).sum(axis=0) / np.where(before > 0, before, 1.0)
    return float(shares.mean()), told


def pursued(tries: Mapping[Chosen, np.ndarray], left: np.ndarray) -> list[Chosen]:
    """Choose codes one by one, each for what those before it left unexplained."""
    least = LEAST_GAIN + LEAST_GAIN_BY_ROWS / max(1, len(left))
    gains = {name: explained(codes, left)[0] for name, codes in tries.items()}
    runners = sorted((name for name in gains if gains[name] > least), key=lambda n: -gains[n])
    runners = runners[:MOST_RUNNERS]
    chosen: list[Chosen] = []
    while runners and len(chosen) < MOST_KEPT:
        now = {name: explained(tries[name], left) for name in runners}
        best = max(runners, key=lambda name: now[name][0])
        if now[best][0] > least:
            chosen.append(best)
            left = left - now[best][1]
        runners = [name for name in runners if now[name][0] > least and name != best]
    return chosen


def binned(values: pd.Series) -> np.ndarray:
    """Sort numbers into bins of about as many rows each; gaps have one of their own."""
    numbers = values.to_numpy("float64")
    known = np.isfinite(numbers)
    codes = np.full(len(numbers), BINS)
    if known.any():
        cuts = np.quantile(numbers[known], np.linspace(0, 1, BINS + 1)[1:-1])
        codes[known] = np.searchsorted(np.unique(cuts), numbers[known], side="right")
    return codes


def telling_numbers(rows: pd.DataFrame, lessons: np.ndarray, most: int) -> list[str]:
    """The numbers of more than two values that alone explain most of the lessons, best first."""
    away = lessons - lessons.mean(axis=0)
    varied = [name for name, values in rows.select_dtypes("number").items() if values.nunique() > 2]
    gains = {str(name): explained(binned(rows[name]), away)[0] for name in varied}
    return sorted(gains, key=lambda name: -gains[name])[:most]


def number_pairs(features: pd.DataFrame, trial: Trial, fitted: dict[str, Any]) -> pd.DataFrame:
    """Keep those differences, ratios and products of two numbers that explain what is left."""
    chosen = remember(fitted, "pairs of numbers", partial(choose_pairs, features, trial))
    pairs = {f"{a} {sign} {b}": pair_of(features, a, sign, b) for a, sign, b in chosen}
    return pd.DataFrame(pairs, index=features.index)


def choose_pairs(features: pd.DataFrame, trial: Trial) -> list[Chosen]:
    """Pairs as (number, "minus", "per" or "times", number)."""
    rows = features.iloc[trial.tried]
    names = telling_numbers(rows, trial.lessons[trial.tried], TRIED_NUMBERS)
    tries: dict[Chosen, np.ndarray] = {
        (a, sign, b): binned(pair_of(rows, a, sign, b))
        for (a, b), sign in product(combinations(names, 2), ("minus", "per", "times"))
    }
    return pursued(tries, trial.left)


def pair_of(rows: pd.DataFrame, a: str, sign: str, b: str) -> pd.Series:
    """Combine two numbers; a division by zero is a gap."""
    left, right = rows[a].astype("float64"), rows[b].astype("float64")
    if sign == "per":
        return left / right.where(right != 0)
    return left - right if sign == "minus" else left * right


def key_columns(rows: pd.DataFrame) -> list[str]:
    """Columns whose values are levels: categories, and numbers of few values."""
    return [
        str(name)
        for name, values in rows.items()
        if (isinstance(values.dtype, pd.CategoricalDtype) and values.nunique() > 1)
        or 1 < values.nunique() <= KEY_LEVELS
    ]


def beside_levels(features: pd.DataFrame, trial: Trial, fitted: dict[str, Any]) -> pd.DataFrame:
    """Keep those numbers beside the usual one of their level that explain what is left."""
    known = features.iloc[: len(trial.lessons)]
    chosen = remember(fitted, "numbers beside levels", partial(choose_beside, known, trial))
    columns = {}
    for number, form, key in chosen:
        learn = partial(usual_numbers, known, number, key)
        usual = remember(fitted, f"usual {number} by {key}", learn)
        columns[f"{number} {form} {key}"] = beside_level(features, usual, number, form, key)
    return pd.DataFrame(columns, index=features.index)


def choose_beside(known: pd.DataFrame, trial: Trial) -> list[Chosen]:
    """What to measure as (number, "by" or "beside", column of levels)."""
    rows = known.iloc[trial.tried]
    names = telling_numbers(rows, trial.lessons[trial.tried], TRIED_BESIDE)
    tries: dict[Chosen, np.ndarray] = {}
    for key in key_columns(rows):
        groups = rows[names].astype("float64").groupby(level_codes(rows, (key,)))
        mean, spread = groups.transform("mean"), groups.transform("std")
        away = (rows[names] - mean) / spread.where(spread > 0)
        for number in names:
            if number != key:
                tries[number, "by", key] = binned(mean[number])
                tries[number, "beside", key] = binned(away[number])
    return pursued(tries, trial.left)


def usual_numbers(rows: pd.DataFrame, number: str, key: str) -> dict[str, Any]:
    """Mean and spread of a number for each level."""
    groups = rows[number].astype("float64").groupby(rows[key].astype(str))
    return {"mean": groups.mean().to_dict(), "spread": groups.std().to_dict()}


def beside_level(
    rows: pd.DataFrame, usual: dict[str, Any], number: str, form: str, key: str
) -> pd.Series:
    """The mean of a row's level, or how many spreads the row is away from it."""
    levels = rows[key].astype(str)
    mean = levels.map(usual["mean"]).astype("float64")
    if form == "by":
        return mean
    spread = levels.map(usual["spread"]).astype("float64")
    return (rows[number].astype("float64") - mean) / spread.where(spread > 0)


def crossed_means(features: pd.DataFrame, trial: Trial, fitted: dict[str, Any]) -> pd.DataFrame:
    """Average the target over other rows of the same levels, for crossings that explain more."""
    chosen = remember(fitted, "crossed levels", partial(choose_crossed, features, trial))
    means = [pd.DataFrame(index=features.index)]
    for columns, (lesson, target) in product(chosen, enumerate(trial.lessons.T)):
        name = " & ".join(columns) if len(columns) > 1 else f"{columns[0]} alone"
        name = f"{name} ({lesson})" if trial.lessons.shape[1] > 1 else name
        levels = reduce(lambda a, b: a + " & " + b, (features[c].astype(str) for c in columns))
        levels = levels.to_frame(name)
        means.append(target_means(levels, name, target, fitted, prior_weight=PULL))
    return pd.concat(means, axis=1)


def choose_crossed(features: pd.DataFrame, trial: Trial) -> list[Chosen]:
    """One to three columns whose levels together explain what is left."""
    rows = features.iloc[trial.tried]
    keys = key_columns(rows)
    one_or_two = [*((key,) for key in keys), *combinations(keys, 2)]
    best = pursued({names: level_codes(rows, names) for names in one_or_two}, trial.left)
    more = [(*names, key) for names in best for key in keys if key not in names]
    wider = [*best, *dict.fromkeys(tuple(sorted(names)) for names in more if len(names) == 3)]
    return pursued({names: level_codes(rows, names) for names in wider}, trial.left)


def level_codes(rows: pd.DataFrame, columns: Chosen) -> np.ndarray:
    """Number the crossed levels of some columns."""
    codes = np.zeros(len(rows), dtype="int64")
    for name in columns:
        own = pd.factorize(rows[name], use_na_sentinel=False)[0]
        codes = pd.factorize(codes * (own.max(initial=0) + 1) + own)[0]
    return codes
