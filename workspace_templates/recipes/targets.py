"""What the target says about a group, told to each row by other rows only."""

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
    parts: int = 5,
) -> pd.DataFrame:
    """Average the target by key, each training row by the parts of the table it is not in.

    `target` holds the training rows only. Test rows get the mean over all training rows. Small
    groups lean towards the overall mean as if `prior_weight` rows of it had joined them.
    """
    keys = rows[key].astype(str)
    known = keys[: len(target)]
    means = np.zeros(len(rows))
    part = np.random.default_rng(0).permutation(len(target)) % parts
    for number in range(parts if len(target) else 0):
        others, mine = part != number, np.flatnonzero(part == number)
        learned = smoothed_means(known[others], target[others], prior_weight)
        means[mine] = known.iloc[mine].map(learned["means"]).fillna(learned["overall"])
    whole = remember(
        fitted, f"target mean by {key}", lambda: smoothed_means(known, target, prior_weight)
    )
    new = keys.iloc[len(target) :]
    means[len(target) :] = new.map(whole["means"]).fillna(whole["overall"])
    return pd.DataFrame({f"target_mean_by_{key}": means}, index=rows.index)


def smoothed_means(keys: pd.Series, target: np.ndarray, prior_weight: float) -> dict[str, Any]:
    """Average the target by key, with `prior_weight` rows of the overall mean in each group."""
    overall = float(np.mean(target))
    groups = pd.Series(target, index=keys.index, dtype="float64").groupby(keys)
    means = (groups.sum() + prior_weight * overall) / (groups.count() + prior_weight)
    return {"overall": overall, "means": {str(name): float(mean) for name, mean in means.items()}}
