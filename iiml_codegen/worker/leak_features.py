"""Verb `examine_features`: what prepared features owe to neighbours, ids and labels.

It unpickles what generated code made, so it runs as a guarded run of its own.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np

from .leak_columns import (
    MEASURED,
    WHOLE,
    Moved,
    dense,
    moved,
    moved_columns,
    numbers_of,
    same_bits,
)
from .leak_lone import lone_features
from .leak_rows import Floats, Ints
from .observation import columns_of, kind_of

OWN_LABEL = 0.1
CERTAIN = 6.0
"""Standard errors by which changes of a feature must follow changes of the row's own label."""


def examine_features(params: dict[str, Any]) -> dict[str, Any]:
    """Compare preparations of the variants with that of the shadow itself.

    `base` and `variants` name `prepared` outputs and `rows`; `target` is the name of the target's
    output, `view` that of the view in which a lone feature is looked for.
    """
    base, target = outputs_of(params["base"]), params["target"]
    answer: dict[str, Any] = {"moved": {}, "placed": [], "noisy": [], "own": [], "lone": []}
    for how, place in sorted(params["variants"].items()):
        other, rows = outputs_of(place), np.load(place["rows"], allow_pickle=False)
        if how == "labels":
            answer["own"] = own_label(base, other, target)
            continue
        found = seen(base, other, rows, how)
        answer["moved"][how] = [one.plain() for one in found]
        if how == "shuffled":
            answer["placed"] = [one.plain() for one in found if is_place(base, one)]
            answer["noisy"] += [] if same_bits(base, other, rows) else [how]
    kept = f"{params['view']}_train"
    if params.get("lone") and kind_of(base.get(kept)) in MEASURED:
        answer["lone"] = lone_features(base[kept], base[target], params["has_classes"])
    return answer


def outputs_of(place: dict[str, str]) -> dict[str, Any]:
    """What `prepare` gave."""
    outputs: dict[str, Any] = pickle.loads(Path(place["prepared"]).read_bytes())
    return outputs


def seen(base: dict[str, Any], other: dict[str, Any], rows: Ints, how: str) -> list[Moved]:
    """Columns that differ on the test's side, and for renamed rows on the training side too."""
    found = moved(base, other, rows, "_test")
    if how == "ids":
        for output in sorted(name for name in base if name.endswith("_train")):
            if kind_of(base[output]) in MEASURED and kind_of(other.get(output)) in MEASURED:
                every = np.arange(base[output].shape[0])
                found += moved_columns(output, base[output], other[output], every)
    return found


def is_place(base: dict[str, Any], one: Moved) -> bool:
    """Whether a column that stays when rows change places rises, or falls, from row to row."""
    output = base[one.output]
    if one.column == WHOLE or kind_of(output) != "frame":
        return False
    steps = np.diff(numbers_of(dict(columns_of(output))[one.column]))
    return len(steps) > 1 and bool((steps > 0).all() or (steps < 0).all())


def own_label(base: dict[str, Any], other: dict[str, Any], target: str) -> list[dict[str, Any]]:
    """Features of training rows whose changes follow the changes of the rows' own labels.

    A mean over other rows changes too when labels change places, but not with the own label: for
    it the correlation is zero or a little less. Texts do not change by more or less.
    """
    if np.asarray(base[target]).dtype == object:
        return []
    before, after = (dense(one[target]) for one in (base, other))
    if before.shape != after.shape:
        return []
    shifts, found = (after - before).sum(axis=1), []
    for output in sorted(name for name in base if name.endswith("_train")):
        old, new = base[output], other.get(output)
        if kind_of(old) != "frame" or kind_of(new) != "frame" or output == target:
            continue
        fresh = dict(columns_of(new))
        for name, column in columns_of(old):
            if name in fresh and (followed := follows(column, fresh[name], shifts)):
                found.append({"output": output, "column": name, "correlation": followed})
    return found


def follows(old: Any, new: Any, shifts: Floats) -> float:
    """Correlation of a column's changes with the labels' changes; 0 where it may be chance."""
    changes = numbers_of(new) - numbers_of(old)
    rows = np.isfinite(changes) & (shifts != 0)
    if rows.sum() < 3 or not changes[rows].any() or np.ptp(changes[rows]) == 0:
        return 0.0
    linked = float(np.corrcoef(changes[rows], shifts[rows])[0, 1])
    if not np.isfinite(linked) or abs(linked) < OWN_LABEL:
        return 0.0
    errors = abs(linked) * np.sqrt(rows.sum() / max(1e-12, 1 - linked**2))
    return linked if errors >= CERTAIN else 0.0
