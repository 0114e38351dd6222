"""Predictions of a member: the mean over its models."""

from typing import Any

import numpy as np

from workspace_templates.harness.training import Member


def predict_member(member: Member, models: list[Any], outputs: dict[str, Any]) -> np.ndarray:
    """Predict the test rows: the mean over models that differ by seed alone."""
    X, asked = outputs[member.test], {name: outputs[o] for name, o in member.asked.items()}
    raw = np.mean([member.predict(model, X, **asked) for model in models], axis=0)
    if not np.isfinite(raw).all():
        raise ValueError(f"{member.predict.__name__} gave predictions that are not numbers")
    return np.asarray(raw, dtype="float64")
