"""Predictions of a member that are texts: as bytes, for files that hold arrays."""

from typing import Any

import numpy as np

from workspace_templates.harness.training import Member


def predict_member(member: Member, models: list[Any], outputs: dict[str, Any]) -> np.ndarray:
    """Predict the test rows by the first model, as texts have no mean; a NUL ends each text."""
    X, asked = outputs[member.test], {name: outputs[o] for name, o in member.asked.items()}
    texts = [str(text).replace("\0", " ") for text in member.predict(models[0], X, **asked)]
    if len(texts) != len(X):
        raise ValueError(f"{member.predict.__name__} gave {len(texts)} texts for {len(X)} rows")
    joined = "".join(f"{text}\0" for text in texts)
    return np.frombuffer(joined.encode("utf-8", "surrogatepass"), dtype="uint8")
