"""Out-of-fold predictions as the runs left them on disk, beside the labels that they never saw.

`.npy` files without pickles: raw predictions of a shadow's test rows (the fold's rows first, then
the real test rows), the fold's positions in the training table, and the withheld target.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import DataError, RequestError
from .masks import guesses, truths
from .metrics import Measure, measure
from .metrics_labels import Floats
from .texts import Texts, unpacked, worth

Ints = npt.NDArray[np.int64]
PARTS = 5
"""Parts to cross-fit over where there is only one fold."""
CODED = frozenset({"binary", "multiclass", "ordinal"})
WIDE = frozenset({"multiclass", "multilabel", "multi_regression"})
SLACK = 1e-6
PICTURES = "pictures.npy"
"""Beside the labels of pixels: the number of each one's picture, where masks are scored."""
TEXTS = "texts.npy"
"""Beside the codes of texts: the texts that they stand for, as bytes."""
SOURCES = "sources.npy"
"""Beside them, too: what each row's text is made from."""


@dataclass(frozen=True)
class Aim:
    """What predictions are for: the metric, the task kind, the number of classes, the seed."""

    metric: str
    kind: str
    classes: int
    seed: int

    @property
    def measure(self) -> Measure:
        """The metric's functions."""
        return measure(self.metric)


@dataclass(frozen=True)
class OutOfFold:
    """Predictions of one candidate in the order of the training rows that they are for.

    `rows` are positions in the training table, `fold` says which fold withheld each, `raw` are
    the raw predictions, `y` the labels. Where masks are scored, rows are pictures (`masks`); where
    texts are, `raw` is what they are worth, of 1 in `y` (`texts`).
    """

    rows: Ints
    fold: Ints
    raw: Floats
    y: Floats

    def at(self, rows: Ints) -> OutOfFold:
        """Only these rows of the training table, which must be among ours."""
        chosen = np.isin(self.rows, rows)
        return OutOfFold(self.rows[chosen], self.fold[chosen], self.raw[chosen], self.y[chosen])

    def parts(self, seed: int) -> Ints:
        """What to cross-fit over, by row: the folds, or random parts of a single fold."""
        if len(np.unique(self.fold)) > 1:
            return self.fold
        return random_parts(len(self.rows), seed)


def random_parts(n: int, seed: int) -> Ints:
    """A part number for each of n rows; sizes differ by at most one."""
    return np.random.default_rng(seed).permutation(np.arange(n) % PARTS).astype(np.int64)


def required(params: dict[str, Any], name: str) -> Any:
    """A parameter that must be there; raises RequestError."""
    if name not in params:
        raise RequestError(f"the request lacks {name!r}")
    return params[name]


def load_array(path: str) -> npt.NDArray[Any]:
    """An array from disk; raises DataError where there is none."""
    try:
        array: npt.NDArray[Any] = np.load(Path(path), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"cannot read {path}: {error}", hint="the run left no array") from error
    return array


def load_labels(params: dict[str, Any]) -> npt.NDArray[Any]:
    """The withheld target of all training rows, (n,) or (n, T); NaN where a label is missing.

    Of pixels whose masks are scored, the second column is the number of the picture. Texts come as
    they are.
    """
    file = Path(str(required(required(params, "labels"), "file")))
    labels = load_array(str(file)).astype(np.float64)
    pictures = file.with_name(PICTURES)
    if pictures.is_file():
        return np.column_stack([labels, load_array(str(pictures))])
    texts = file.with_name(TEXTS)
    if texts.is_file():
        return unpacked(load_array(str(texts)))[labels.astype(np.int64)]
    return labels


def load_sources(params: dict[str, Any]) -> Texts:
    """What the text of each training row is made from."""
    file = Path(str(required(required(params, "labels"), "file")))
    return unpacked(load_array(str(file.with_name(SOURCES))))


def load_aim(params: dict[str, Any], y: Floats) -> Aim:
    """What to score for; `classes` is counted in the labels where the request does not say."""
    kind = str(required(params, "kind"))
    classes = params.get("classes")
    if not classes:
        codes = y.reshape(len(y), -1)[:, 0]
        classes = int(np.nanmax(codes)) + 1 if kind in CODED and len(y) else 2
    return Aim(str(required(params, "metric")), kind, max(2, int(classes)), params.get("seed", 0))


def load_out_of_fold(
    folds: list[dict[str, str]], labels: npt.NDArray[Any], aim: Aim, name: str = "the candidate"
) -> OutOfFold:
    """Read the folds of a candidate; rows without a label are left out.

    Raises DataError where a prediction is missing, not finite, of the wrong shape, or no
    probability though the metric wants one.
    """
    if not folds:
        raise RequestError(f"no folds of {name}")
    rows = [load_array(fold["fold_rows"]).astype(np.int64) for fold in folds]
    raws = [_fold_raw(f["raw"], len(r), aim, name) for f, r in zip(folds, rows, strict=True)]
    number = np.concatenate([np.full(len(r), i, dtype=np.int64) for i, r in enumerate(rows)])
    position, raw = np.concatenate(rows), np.concatenate(raws)
    if position.max(initial=-1) >= len(labels) or np.bincount(position).max(initial=0) > 1:
        raise DataError(f"the folds of {name} overlap or go beyond the training rows")
    y = labels[position]
    if aim.measure.wants == "masks":
        return _of_pictures(position, number, raw, y)
    if aim.measure.wants == "texts":
        raw, y = worth(aim.metric, y, raw), np.ones(len(y))
    known = np.flatnonzero(~np.isnan(y.reshape(len(y), -1)).any(axis=1))
    order = known[np.argsort(position[known], kind="stable")]
    if len(order) == 0:
        raise DataError(f"no row of {name} has a label")
    return OutOfFold(position[order], number[order], raw[order], y[order])


def _of_pictures(position: Ints, fold: Ints, raw: Floats, y: Floats) -> OutOfFold:
    """Whole pictures as rows; those whose mask is not known are left out."""
    order = np.argsort(position, kind="stable")
    fold, raw, y = fold[order], raw[order], y[order]
    pictures, first = np.unique(y[:, 1].astype(np.int64), return_index=True)
    truth, found = truths(y), guesses(raw, y)
    known = ~np.isnan(truth).any(axis=1)
    return OutOfFold(pictures[known], fold[first][known], found[known], truth[known])


def _fold_raw(path: str, n: int, aim: Aim, name: str) -> npt.NDArray[Any]:
    """The predictions for a fold's rows, checked; texts as they are."""
    raw: npt.NDArray[Any] = load_array(path)
    texts = aim.measure.wants == "texts"
    said: npt.NDArray[Any] = unpacked(raw) if texts else raw.astype(np.float64)
    if len(said) < n:
        raise DataError(f"{name} predicted {len(said)} rows where the fold alone has {n}")
    return said[:n] if texts else check_raw(said[:n], aim, name)


def check_raw(raw: Floats, aim: Aim, name: str) -> Floats:
    """Raw predictions in the shape of their task kind; raises DataError."""
    if raw.ndim == 2 and raw.shape[1] == 1 and aim.kind not in WIDE:
        raw = raw[:, 0]
    if raw.ndim != (2 if aim.kind in WIDE else 1):
        raise DataError(f"predictions of {name} have shape {raw.shape}, no {aim.kind} task's")
    if aim.kind == "multiclass" and raw.shape[1] != aim.classes:
        raise DataError(f"{name} predicts {raw.shape[1]} classes, the task has {aim.classes}")
    if not np.isfinite(raw).all():
        raise DataError(f"{name} predicts values that are not finite")
    probable = aim.measure.wants == "probabilities"
    if probable and (raw.min(initial=0.0) < -SLACK or raw.max(initial=1.0) > 1.0 + SLACK):
        raise DataError(f"{name} predicts {raw.min():.4g} to {raw.max():.4g}, no probabilities")
    return raw
