"""A network that reads texts and answers every label by itself.

View: texts
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.special import expit
from torch import nn

from workspace_templates.networks.texts import TextTower, text_codes
from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

WORDS = 128
EPOCHS = 4
BATCH = 64
RATE = 0.06


@dataclass
class Model:
    """A trained network and its number of epochs."""

    network: nn.Module
    rounds: int


def encode(X: pd.Series) -> np.ndarray:
    """Code the words of each text and their pieces."""
    return text_codes(X, WORDS)


def fit(
    X: np.ndarray,
    y: np.ndarray,
    *,
    valid: tuple[np.ndarray, np.ndarray] | None = None,
    rounds: int | None = None,
    seed: int = 0,
    threads: int = 1,
    time_limit: float | None = None,
    checkpoint: Path | None = None,
) -> Model:
    """Train for `rounds` epochs; without that number, keep the best of `EPOCHS` on `valid`."""
    # [M:text_network] Averaged pieces and convolved words, then one layer
    device = chosen_device(seed, threads)
    tower = TextTower(WORDS)
    head = nn.Linear(tower.size, y.shape[1])
    network = nn.Sequential(tower, nn.Dropout(0.5), head).to(device)
    # [T:text_network] Minimise the log loss of every label; keep the epoch best on held-out rows
    held_out = valid and (torch.tensor(valid[0]), torch.tensor(valid[1].astype("float32")))
    epochs = train_network(
        network,
        torch.tensor(X, device=device),
        torch.tensor(y.astype("float32")),
        nn.BCEWithLogitsLoss(),
        torch.optim.Adagrad(network.parameters(), lr=RATE),
        schedule=cosine,
        epochs=EPOCHS,
        batch=BATCH,
        valid=held_out,
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
        checkpoint=checkpoint,
    )
    return Model(network.cpu(), epochs)


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give P(label) per column."""
    return np.asarray(expit(network_predictions(model.network, torch.tensor(X), len(X))))
