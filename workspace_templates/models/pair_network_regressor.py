"""A network that reads two texts by one tower and compares them, for one or more numbers.

View: text_columns
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from workspace_templates.networks.fused import PairTower
from workspace_templates.networks.target_scale import TargetScale
from workspace_templates.networks.texts import TextTower, text_codes
from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

LOG_TARGET = False
WORDS = 128
EPOCHS = 4
BATCH = 64
RATE = 0.06


@dataclass
class Model:
    """A trained network, the scale of its answers, and its number of epochs."""

    network: nn.Module
    scale: TargetScale
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
    scale = TargetScale(y, LOG_TARGET)
    head = nn.Linear(tower.size, len(scale.centre))
    network = nn.Sequential(tower, nn.Dropout(0.5), head).to(device)
    # [T:pair_network] Minimise squared error; keep the epoch best on held-out rows
    held_out = valid and (torch.tensor(valid[0]), scale.scaled(valid[1]))
    epochs = train_network(
        network,
        torch.tensor(X, device=device),
        scale.scaled(y),
        nn.MSELoss(),
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
    return Model(network.cpu(), scale, epochs)


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    return model.scale.restored(network_predictions(model.network, torch.tensor(X), len(X)))
