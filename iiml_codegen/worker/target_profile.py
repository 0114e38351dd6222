"""How the targets are distributed over the training rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from .number_forms import number_form
from .targets import Floats
from .task import Task

if TYPE_CHECKING:
    import pandas as pd


def target_profiles(texts: pd.DataFrame, target: Floats, task: Task) -> list[dict[str, Any]]:
    """Plain `TargetProfile`s, one per target; `texts` are the targets as they stand in the file."""
    table = target.reshape(len(target), -1)
    return [
        _profile(name, texts[name], table[:, place], task)
        for place, name in enumerate(task.targets)
    ]


def _profile(name: str, texts: pd.Series, values: Floats, task: Task) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    found: dict[str, Any] = {
        "name": name,
        "distinct": len(np.unique(known)),
        "missing": float(texts.isna().mean()) if len(texts) else 0.0,
    }
    if task.has_classes or task.kind == "multilabel":
        return {**found, "shares": _shares(known, task)}
    if task.layout.source is not None:
        return found
    form = None if texts.dtype == np.float64 else number_form(texts)
    return {
        **found,
        "number_form": None if form is None else asdict(form),
        "minimum": float(known.min()) if len(known) else None,
        "maximum": float(known.max()) if len(known) else None,
        "mean": float(known.mean()) if len(known) else None,
        "skewness": skewness(known),
        "integral": bool(len(known) and (known == np.round(known)).all()),
    }


def _shares(known: Floats, task: Task) -> dict[str, float]:
    codes, counts = np.unique(known, return_counts=True)
    return {
        task.classes[int(code)] if task.has_classes else f"{code:g}": float(count / len(known))
        for code, count in zip(codes, counts, strict=True)
    }


def skewness(values: Floats) -> float | None:
    """Third standardised moment; None for fewer than three values or a constant."""
    if len(values) < 3 or values.std() == 0:
        return None
    standard = (values - values.mean()) / values.std()
    return float((standard * standard * standard).mean())
