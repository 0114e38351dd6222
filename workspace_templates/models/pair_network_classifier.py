"""A network that reads two texts by one tower and compares them.

View: text_columns
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.special import softmax
from torch import nn

from workspace_templates.networks.fused import PairTower
from workspace_templates.networks.texts import TextTower, text_codes
from workspace_templates.networks.training import (
    balanced_weights,
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

CLASSES = 2
WORDS = 128
EPOCHS = 4
BATCH = 64
RATE = 0.06
BALANCED = False


@dataclass
class Model:
    """A trained network and its number of epochs."""

    network: nn.Module
    rounds: int


def encode(X: pd.DataFrame) -> np.ndarray:
    """Code the words of both texts and their pieces."""
    first, second = (text_codes(X[column], WORDS) for column in X.columns[:2])
    return np.stack([first, second], axis=1)


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
    # [M:pair_network] One tower for both texts, then one layer on what they share
    device = chosen_device(seed, threads)
    reader = TextTower(WORDS)
    tower = PairTower(reader, reader.size)
    head = nn.Linear(tower.size, CLASSES)
    network = nn.Sequential(tower, nn.Dropout(0.5), head).to(device)
    # [T:pair_network] Minimise log loss; keep the epoch best on held-out rows
    weights = balanced_weights(y, CLASSES).to(device) if BALANCED else None
    held_out = valid and (torch.tensor(valid[0]), torch.tensor(valid[1].astype("int64")))
    epochs = train_network(
        network,
        torch.tensor(X, device=device),
        torch.tensor(y.astype("int64")),
        nn.CrossEntropyLoss(weights),
        torch.optim.Adagrad(network.parameters(), lr=RATE),
        schedule=cosine,
        epochs=EPOCHS,
        batch=BATCH,
        valid=held_out,
        watch=nn.CrossEntropyLoss() if BALANCED else None,
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
        checkpoint=checkpoint,
    )
    return Model(network.cpu(), epochs)


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = softmax(network_predictions(model.network, torch.tensor(X), len(X)), axis=1)
    return np.asarray(probabilities[:, 1] if CLASSES == 2 else probabilities)
