"""What a metric on numbers asks of learners: the scale of the target, and the loss of boosting."""

from __future__ import annotations

from typing import Any

from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary

LOGARITHMS = frozenset({"rmsle", "mean_column_rmsle", "rmse_of_logs"})
"""Squared errors of logarithms."""
SHARES = frozenset({"mape", "smape", "rmspe"})
"""Errors as shares of the answer: as small for small answers as for large ones."""
WITHOUT_ZEROS = frozenset({"rmspe"})
"""Errors that leave out rows whose answer is zero."""
ABSOLUTE = frozenset({"mae", "mean_column_mae", "median_ae", "pinball"})
"""What a median answers best; it stays one on any scale."""
LONG_TAIL = 1.0
"""Skewness from which the few largest answers would have all the say."""

BY_MEDIAN = {
    "lightgbm": {"objective": "regression_l1"},
    "series_boosted": {"objective": "regression_l1"},
    "catboost": {"loss_function": "MAE"},
    "xgboost": {"objective": "reg:absoluteerror"},
}
BY_METRIC: dict[str, dict[str, dict[str, str]]] = {
    **dict.fromkeys((*ABSOLUTE, "mape", "smape"), BY_MEDIAN),
    "poisson_deviance": {
        "lightgbm": {"objective": "poisson"},
        "catboost": {"loss_function": "Poisson"},
        "xgboost": {"objective": "count:poisson"},
    },
    "gamma_deviance": {
        "lightgbm": {"objective": "gamma"},
        "xgboost": {"objective": "reg:gamma"},
    },
    "tweedie_deviance": {
        "lightgbm": {"objective": "tweedie"},
        "catboost": {"loss_function": "Tweedie:variance_power=1.5"},
        "xgboost": {"objective": "reg:tweedie"},
    },
}
"""Settings of boosting by metric and the first word of its template."""


def learns_logarithms(task: TaskSummary, profile: DataProfile) -> bool:
    """Whether learners see log(1 + y): the metric asks for it, or a median loses nothing by it."""
    if task.metric in LOGARITHMS:
        return True
    lows = [target.minimum for target in profile.targets if target.minimum is not None]
    if not lows or min(lows) < 0:
        return False
    tails = [target.skewness or 0.0 for target in profile.targets]
    return task.metric in SHARES or (task.metric in ABSOLUTE and min(tails) > LONG_TAIL)


def skips_zeros(task: TaskSummary, profile: DataProfile) -> bool:
    """Whether rows whose answer is zero are not counted, and would only disturb the others."""
    low = profile.targets[0].minimum
    relative = task.kind == "regression" and task.metric in WITHOUT_ZEROS
    return relative and low is not None and low <= 0


def loss_settings(template: str, task: TaskSummary) -> dict[str, Any]:
    """The settings of a booster's template that make it minimise what the metric asks for."""
    if task.kind not in ("regression", "multi_regression"):
        return {}
    settings = BY_METRIC.get(task.metric, {})
    return dict(next((said for name, said in settings.items() if template.startswith(name)), {}))
