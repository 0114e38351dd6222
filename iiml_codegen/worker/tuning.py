"""Verb `propose`: which constants to try next, by Optuna's tree of Parzen estimators (TPE)."""

from __future__ import annotations

from typing import Any

from .errors import DataError

FIRST_AT_RANDOM = 4
"""Trials before the estimator has a say: the parent's own values count as one of them."""
DIGITS = 3
"""Significant ones of a proposed number, so that people can read it."""


def propose(params: dict[str, Any]) -> dict[str, Any]:
    """Propose values for constants.

    Params: ranges {name: {"low", "high", "log", "whole"}}, trials [{"values", "score"}] in order,
    with score None while it is under way, greater (whether a greater score is better), seed.
    Answers {"values": {name: number}}. The same trials and the same seed give the same answer.
    """
    try:
        import optuna
    except ImportError as error:
        raise DataError("optuna is not installed", hint="pip install optuna") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = {name: _distribution(optuna, one) for name, one in params["ranges"].items()}
    sampler = optuna.samplers.TPESampler(
        seed=params["seed"] + len(params["trials"]),
        n_startup_trials=FIRST_AT_RANDOM,
        constant_liar=True,
    )
    directions = optuna.study.StudyDirection
    best = directions.MAXIMIZE if params["greater"] else directions.MINIMIZE
    study = optuna.create_study(sampler=sampler, direction=best)
    for trial in params["trials"]:
        study.add_trial(_known(optuna, space, trial))
    proposed = study.ask(space).params
    return {
        "values": {
            name: value if isinstance(value, int) else float(f"{value:.{DIGITS}g}")
            for name, value in proposed.items()
        }
    }


def _distribution(optuna: Any, one: dict[str, Any]) -> Any:
    if one["whole"]:
        return optuna.distributions.IntDistribution(int(one["low"]), int(one["high"]), one["log"])
    return optuna.distributions.FloatDistribution(one["low"], one["high"], one["log"])


def _known(optuna: Any, space: dict[str, Any], trial: dict[str, Any]) -> Any:
    """A trial as Optuna remembers it; values beyond the ranges count as those at their edge."""
    values = {
        name: min(max(trial["values"][name], one.low), one.high) for name, one in space.items()
    }
    state = optuna.trial.TrialState
    score = trial["score"]
    return optuna.trial.create_trial(
        state=state.RUNNING if score is None else state.COMPLETE,
        value=score,
        params=values,
        distributions=space,
    )
