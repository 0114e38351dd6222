"""Verb `compare`: is one candidate better than another, on the rows that both predicted?"""

from __future__ import annotations

from typing import Any

import numpy as np

from .decisions import cross_fitted_answers
from .errors import DataError
from .pairing import chance_above_zero, differences, spread
from .predictions import Aim, OutOfFold, load_aim, load_labels, load_out_of_fold, required


def compare(params: dict[str, Any]) -> dict[str, Any]:
    """Paired comparison of candidates `a` and `b`.

    Params: labels, kind, metric, classes, seed, a {"folds": [...]}, b {"folds": [...]}. Answers
    p_better (that a is better than b), difference (how much better a is, in the metric; negative
    where b is), its standard_error, and the number of shared rows.
    """
    labels = load_labels(params)
    aim = load_aim(params, labels)
    a, b = (load_out_of_fold(required(params[x], "folds"), labels, aim, x) for x in ("a", "b"))
    return compare_out_of_fold(aim, a, b)


def compare_out_of_fold(aim: Aim, a: OutOfFold, b: OutOfFold) -> dict[str, Any]:
    """Both are cut to the rows they share before any decision is fitted."""
    shared = np.intersect1d(a.rows, b.rows)
    if len(shared) == 0:
        raise DataError("the candidates share no rows", hint="score both on the same folds")
    a, b = a.at(shared), b.at(shared)
    groups = a.fold * (int(b.fold.max()) + 1) + b.fold
    answers = [cross_fitted_answers(aim, oof) for oof in (a, b)]
    paired = differences(aim, a.y, answers[0], answers[1], groups)
    if not np.isfinite(paired).all():
        raise DataError(f"{aim.metric} has no value on the {len(shared)} shared rows")
    return {
        "p_better": chance_above_zero(paired),
        "difference": float(paired.mean()),
        "standard_error": spread(paired),
        "rows": len(shared),
    }
