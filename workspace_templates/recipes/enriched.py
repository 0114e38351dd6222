"""New columns that are kept only where they explain what quick trees get wrong.

The kinds are those of AutoGluon's TabPrep: pairs of numbers, numbers compared with their group,
target means of groups. `goal` is the target on the scale that is learned, (training rows, numbers).
"""

import operator
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import combinations, product
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember
from workspace_templates.recipes.targets import target_means

ARITHMETIC = {"minus": operator.sub, "per": operator.truediv, "times": operator.mul}
BINS = 16
PRIOR_WEIGHT = 10.0
# What a new column is made of: names of columns, and the word for how they are combined.
Name = tuple[str, ...]


def out_of_fold_residuals(
    features: pd.DataFrame, goal: np.ndarray, most_rows: int = 8000, folds: int = 3
) -> pd.DataFrame:
    """Fit quick trees on some training rows; give what they miss on rows that they did not see.

    The index tells which rows these are; there is a column for each column of `goal`.
    """
    rows = np.random.default_rng(0).permutation(len(goal))[:most_rows]
    X, y, residuals = features.iloc[rows], goal[rows], goal[rows].astype("float64")
    fold = np.arange(len(rows)) % folds
    for held_out, column in product(np.unique(fold), range(y.shape[1])):
        train, valid = fold != held_out, fold == held_out
        trees = lgb.LGBMRegressor(
            n_estimators=80, num_leaves=15, random_state=0, n_jobs=1, deterministic=True, verbose=-1
        )
        trees.fit(X[train], y[train, column])
        residuals[valid, column] -= trees.predict(X[valid])
    return pd.DataFrame(residuals, index=rows)


def number_pairs(
    features: pd.DataFrame, goal: np.ndarray, residuals: pd.DataFrame, fitted: dict[str, Any]
) -> pd.DataFrame:
    """Add the differences, ratios and products of two numbers that explain the residuals."""
    rows = features.iloc[residuals.index]

    def choose() -> list[Name]:
        numbers = telling_numbers(rows, goal[residuals.index])[:20]
        pairs = product(combinations(numbers, 2), ARITHMETIC)
        tries: list[Name] = [(a, sign, b) for (a, b), sign in pairs]
        codes = {pair: binned(combined(rows, *pair)) for pair in tries}
        return forward_selection(codes, residuals)

    chosen = remember(fitted, "pairs of numbers", choose)
    pairs = {" ".join(pair): combined(features, *pair) for pair in chosen}
    return pd.DataFrame(pairs, index=features.index)


def combined(rows: pd.DataFrame, a: str, sign: str, b: str) -> pd.Series:
    """Subtract, divide or multiply two numbers; what is not finite is a gap."""
    result: pd.Series = ARITHMETIC[sign](rows[a].astype("float64"), rows[b].astype("float64"))
    return result.replace([np.inf, -np.inf], np.nan)


def beside_groups(
    features: pd.DataFrame, goal: np.ndarray, residuals: pd.DataFrame, fitted: dict[str, Any]
) -> pd.DataFrame:
    """Add means of numbers by group, and distances from them, that explain the residuals."""
    train, rows = features.iloc[: len(goal)], features.iloc[residuals.index]

    def choose() -> list[Name]:
        numbers = telling_numbers(rows, goal[residuals.index])[:10]
        codes: dict[Name, np.ndarray] = {}
        for key, number in product(group_keys(rows), numbers):
            if key != number:
                compared = compared_with_group(rows, number, key, group_moments(rows, number, key))
                codes |= {(number, form, key): binned(compared[form]) for form in compared}
        return forward_selection(codes, residuals)

    columns = {}
    for number, form, key in remember(fitted, "numbers beside their group", choose):
        name = f"{number} by {key}"
        moments = remember(fitted, name, partial(group_moments, train, number, key))
        columns[f"{form} of {name}"] = compared_with_group(features, number, key, moments)[form]
    return pd.DataFrame(columns, index=features.index)


def group_moments(rows: pd.DataFrame, number: str, key: str) -> pd.DataFrame:
    """Mean and standard deviation of a number in each group."""
    groups = rows[number].astype("float64").groupby(rows[key].astype(str))
    return groups.agg(["mean", "std"])


def compared_with_group(
    rows: pd.DataFrame, number: str, key: str, moments: pd.DataFrame
) -> dict[str, pd.Series]:
    """The mean of a row's group, and how many standard deviations the row is away from it."""
    own = moments.reindex(rows[key].astype(str)).set_index(rows.index)
    away = (rows[number].astype("float64") - own["mean"]) / own["std"].where(own["std"] > 0)
    return {"mean": own["mean"], "z-score": away}


def crossed_target_means(
    features: pd.DataFrame, goal: np.ndarray, residuals: pd.DataFrame, fitted: dict[str, Any]
) -> pd.DataFrame:
    """Add out-of-fold target means by one to three columns together that explain the residuals."""
    rows = features.iloc[residuals.index]

    def best(tries: Iterable[Name]) -> list[Name]:
        return forward_selection({keys: group_codes(rows, keys) for keys in tries}, residuals)

    def choose() -> list[Name]:
        keys = group_keys(rows)
        narrow = best([*combinations(keys, 1), *combinations(keys, 2)])
        wide = [tuple(sorted({*two, key})) for two in narrow for key in keys]
        return best([*narrow, *(keys for keys in wide if len(keys) == 3)])

    blocks = [pd.DataFrame(index=features.index)]
    for keys, column in product(remember(fitted, "crossings", choose), range(goal.shape[1])):
        name = f"crossed {' & '.join(keys)}" + (f" ({column})" if goal.shape[1] > 1 else "")
        groups = features[keys[0]].astype(str)
        for key in keys[1:]:
            groups = groups + " & " + features[key].astype(str)
        means = target_means(groups.to_frame(name), name, goal[:, column], fitted, PRIOR_WEIGHT)
        blocks.append(means)
    return pd.concat(blocks, axis=1)


def group_keys(rows: pd.DataFrame) -> list[str]:
    """Columns that make groups: categories, and numbers of few values."""
    levels, kinds = rows.nunique(), rows.select_dtypes("category").columns
    few = levels.index[(levels > 1) & ((levels <= 30) | levels.index.isin(kinds))]
    return list(few)


def group_codes(rows: pd.DataFrame, keys: Name) -> np.ndarray:
    """Number the groups that some columns make together."""
    grouped = rows.groupby(list(keys), sort=False, observed=True, dropna=False)
    return grouped.ngroup().to_numpy()


def telling_numbers(rows: pd.DataFrame, goal: np.ndarray) -> list[str]:
    """Numbers of more than two values, those that alone explain most of the goal first."""
    numbers = rows.select_dtypes("number")
    away = goal - goal.mean(axis=0)
    gains = {
        str(name): explained(binned(values), away)[0]
        for name, values in numbers.items()
        if values.nunique() > 2
    }
    return sorted(gains, key=lambda name: -gains[name])


def binned(values: pd.Series) -> np.ndarray:
    """Sort numbers into bins of about as many rows each; gaps have one of their own."""
    numbers = values.to_numpy("float64")
    known = np.isfinite(numbers)
    shares = np.linspace(0, 1, BINS + 1)[1:-1]
    cuts = np.quantile(numbers[known], shares) if known.any() else shares
    return np.where(known, np.searchsorted(np.unique(cuts), numbers, side="right"), BINS)


def forward_selection(
    codes: Mapping[Name, np.ndarray], residuals: pd.DataFrame, most: int = 6
) -> list[Name]:
    """Choose columns one by one, each for what those before it left unexplained.

    Of 570 columns of noise on 570 to 8,000 rows, none explained more than `least`.
    """
    left, least = residuals.to_numpy(), 0.001 + 12 / len(residuals)
    gains = {name: explained(codes[name], left)[0] for name in codes}
    chosen: list[Name] = []
    while len(chosen) < most:
        runners = sorted((n for n in gains if gains[n] > least), key=lambda n: -gains[n])[:60]
        if not runners:
            break
        chosen.append(runners[0])
        left = left - explained(codes[runners[0]], left)[1]
        gains = {name: explained(codes[name], left)[0] for name in runners[1:]}
    return chosen


def explained(codes: np.ndarray, residuals: np.ndarray) -> tuple[float, np.ndarray]:
    """Predict residuals by their smoothed mean per code, each half of the rows from the other.

    Gives the share of their squares that this explains, and the predictions.
    """
    predicted = np.zeros_like(residuals)
    half = np.arange(len(codes)) % 2 == 0
    for mine, column in product((half, ~half), range(residuals.shape[1])):
        counts = np.bincount(codes[~mine], minlength=codes.max(initial=0) + 1)
        sums = np.bincount(codes[~mine], residuals[~mine, column], minlength=len(counts))
        predicted[mine, column] = (sums / (counts + PRIOR_WEIGHT))[codes[mine]]
    before = (residuals**2).sum(axis=0)
    after = ((residuals - predicted) ** 2).sum(axis=0)
    return float(np.mean(1 - after / np.where(before > 0, before, 1.0))), predicted
