"""Target encoding: the mean of the target by group, told to each row by other rows only."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember


def target_means(
    rows: pd.DataFrame,
    key: str,
    target: np.ndarray,
    fitted: dict[str, Any],
    prior_weight: float = 2.0,
    folds: int = 5,
) -> pd.DataFrame:
    """Average the target by key: for training rows over the other folds, for test rows over all.

    `target` holds the training rows only. Small groups lean towards the overall mean as if
    `prior_weight` rows of it had joined them; a group that is new has the overall mean.
    """
    keys = rows[key].astype(str).reset_index(drop=True)
    train, test = keys[: len(target)], keys[len(target) :]
    fold = np.random.default_rng(0).permutation(len(target)) % folds
    encoded = []
    for number in np.unique(fold):
        means = smoothed_means(train[fold != number], target[fold != number], prior_weight)
        encoded.append(train[fold == number].map(means["groups"]).fillna(means["overall"]))
    learn = partial(smoothed_means, train, target, prior_weight)
    means = remember(fitted, f"target means by {key}", learn)
    encoded.append(test.map(means["groups"]).fillna(means["overall"]))
    means_of_rows = pd.concat(encoded).sort_index().to_numpy("float64")
    return pd.DataFrame({f"target_mean_by_{key}": means_of_rows}, index=rows.index)


def smoothed_means(keys: pd.Series, target: np.ndarray, prior_weight: float) -> dict[str, Any]:
    """Average the target by key, with `prior_weight` rows of the overall mean in each group."""
    overall = float(np.mean(target))
    groups = pd.Series(target, index=keys.index, dtype="float64").groupby(keys)
    means = (groups.sum() + prior_weight * overall) / (groups.count() + prior_weight)
    return {"overall": overall, "groups": means.to_dict()}
