"""Verbs `diagnose` and `score_variations`: where predictions err, and what they hang on."""

from __future__ import annotations

from typing import Any

import numpy as np

from .decisions import apply_decision, cross_fitted_answers, decision_for, fit_decision
from .metrics_labels import Floats
from .metrics_masks import BEYOND
from .predictions import (
    CODED,
    Aim,
    OutOfFold,
    check_raw,
    load_aim,
    load_array,
    load_labels,
    load_out_of_fold,
    required,
)
from .ways import APPLY

MOST_CLASSES = 12
MOST_POINTS = 400
MOST_BINS = 12
FEWEST_ROWS_OF_A_BIN = 8


def diagnose(params: dict[str, Any]) -> dict[str, Any]:
    """A plain `Errors` of `domain/diagnosis.py`.

    Params: those of `score` without folds, `candidates` [{"id", "folds"}], `method` and
    `parameters` of the ensemble, `names` of the classes by code.
    """
    labels = load_labels(params)
    aim = load_aim(params, labels)
    oof = combined(aim, labels, params)
    found: dict[str, Any] = {"rows": len(oof.y)}
    if aim.kind in CODED:
        names = [str(name) for name in required(params, "names")]
        y, answers = oof.y, answered_classes(aim, oof)
        if aim.measure.wants == "masks":
            inside = y != BEYOND
            y, answers = y[inside], answers[inside]
        return found | {"confusion": confusion(y, answers, names)}
    if aim.kind == "regression":
        return found | {"residuals": residuals(aim, oof)}
    if aim.measure.wants == "texts":
        return found | {"why_not": "answers are texts, which no picture shows"}
    return found | {"why_not": "each row has several answers, which no single picture shows"}


def combined(aim: Aim, labels: Floats, params: dict[str, Any]) -> OutOfFold:
    """Out-of-fold predictions of an ensemble on the rows that all its members predicted."""
    listed = required(params, "candidates")
    members = [load_out_of_fold(one["folds"], labels, aim, str(one["id"])) for one in listed]
    shared = members[0].rows
    for member in members[1:]:
        shared = np.intersect1d(shared, member.rows)
    members = [member.at(shared) for member in members]
    raws, first = [member.raw for member in members], members[0]
    method, parameters = params.get("method", "single"), params.get("parameters", {})
    if method == "single":
        return first
    raw = APPLY[method](raws, parameters)
    return OutOfFold(first.rows, first.fold, raw, first.y)


def answered_classes(aim: Aim, oof: OutOfFold) -> Floats:
    """The class code answered for each row; where the metric wants probabilities, the likeliest."""
    decision, answers = decision_for(aim.measure, aim.kind), cross_fitted_answers(aim, oof)
    if decision in ("threshold", "argmax", "grades", "masks"):
        return answers
    if aim.kind == "multiclass":
        return np.asarray(answers.argmax(axis=1), dtype=np.float64)
    if aim.kind == "binary":
        return (answers >= 0.5).astype(np.float64)
    return np.clip(np.rint(answers), 0, aim.classes - 1)


def confusion(y: Floats, answers: Floats, names: list[str]) -> dict[str, Any]:
    """A plain `Confusion`; rows of rare classes, or answered as one, are only counted."""
    truth, said = y.astype(np.int64), answers.astype(np.int64)
    size = max(int(truth.max()), int(said.max()), len(names) - 1) + 1
    frequent = np.argsort(-np.bincount(truth, minlength=size), kind="stable")[:MOST_CLASSES]
    kept = np.sort(frequent)
    counts = np.zeros((size, size), dtype=np.int64)
    np.add.at(counts, (truth, said), 1)
    shown = counts[np.ix_(kept, kept)]
    labels = [names[code] if code < len(names) else str(code) for code in kept]
    return {"labels": labels, "counts": shown, "other_rows": int(counts.sum() - shown.sum())}


def residuals(aim: Aim, oof: OutOfFold) -> dict[str, Any]:
    """A plain `Residuals` of answers."""
    answers = cross_fitted_answers(aim, oof)
    left = oof.y - answers
    some = np.random.default_rng(aim.seed).permutation(len(answers))[:MOST_POINTS]
    count = max(1, min(MOST_BINS, len(answers) // FEWEST_ROWS_OF_A_BIN))
    bins = []
    for rows in np.array_split(np.argsort(answers, kind="stable"), count):
        low, median, high = np.quantile(left[rows], [0.1, 0.5, 0.9])
        middle = float(np.median(answers[rows]))
        bins.append({"predicted": middle, "low": low, "median": median, "high": high})
    return {"points": np.column_stack([answers[some], left[some]]), "bins": bins}


def score_variations(params: dict[str, Any]) -> dict[str, Any]:
    """The metric on each block of test rows: {"values": one number or null per block}.

    Params: those of `score` without folds, `raw` (.npy), `blocks` [{"rows": .npy}], positions in
    the training table, one block after another. The decision is fitted on the first block.
    """
    labels = load_labels(params)
    aim = load_aim(params, labels)
    raw = check_raw(load_array(required(params, "raw")).astype(np.float64), aim, "the candidate")
    values: list[float | None] = []
    decision: dict[str, list[float]] | None = None
    start = 0
    for block in required(params, "blocks"):
        rows = load_array(block["rows"]).astype(np.int64)
        here, y = raw[start : start + len(rows)], labels[rows]
        start += len(rows)
        known = ~np.isnan(y.reshape(len(y), -1)).any(axis=1)
        here, y = here[known], y[known]
        if decision is None:
            decision = fit_decision(aim, here, y, careful=False)
        values.append(aim.measure.value(y, apply_decision(aim, here, decision), aim.classes))
    return {"values": values}
