"""A small multilayer perceptron by scikit-learn: PyTorch is not installed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler

UNITS = 8


@dataclass
class Model:
    """A fitted network with the scales of its inputs and of its target."""

    estimator: MLPRegressor
    inputs: StandardScaler
    centre: float
    spread: float
    rounds: int | None = None


def fit(X: pd.DataFrame, y: np.ndarray, *, rounds: int | None = None, seed: int = 0) -> Model:
    """Fit the network on standardised inputs and target."""
    # [M1] Multilayer perceptron of one small layer
    estimator = MLPRegressor(
        hidden_layer_sizes=(UNITS,),
        alpha=10.0,
        solver="lbfgs",
        max_iter=rounds or 100,
        random_state=seed,
    )
    inputs = StandardScaler().fit(X)
    centre, spread = float(np.mean(y)), float(np.std(y)) or 1.0
    # [T1] Squared error of the scaled target, L-BFGS
    estimator.fit(inputs.transform(X), (np.asarray(y) - centre) / spread)
    return Model(estimator, inputs, centre, spread)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give minutes."""
    scaled = model.estimator.predict(model.inputs.transform(X))
    return np.asarray(scaled * model.spread + model.centre, dtype="float64")
