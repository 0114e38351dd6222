"""A small residual network on pitch over time, which is varied while it learns.

View: sounds
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.special import softmax
from torch import nn

from workspace_templates.networks.residual import ResidualTower
from workspace_templates.networks.sounds import sound_levels, varied_sounds
from workspace_templates.networks.training import (
    balanced_weights,
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

CLASSES = 2
FRAMES = 96
WIDTHS = [12, 24, 48, 96]
EPOCHS = 20
BATCH = 32
RATE = 0.005
SMOOTHING = 0.1
BALANCED = False


@dataclass
class Model:
    """A trained network and its number of epochs."""

    network: nn.Module
    rounds: int


def encode(X: pd.Series) -> np.ndarray:
    """Give the levels of the pitch bands of each sound over time."""
    return sound_levels(X, FRAMES)


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
    # [M:sound_network] Residual blocks over time and pitch, then one layer
    device = chosen_device(seed, threads)
    tower = ResidualTower(1, WIDTHS)
    head = nn.Linear(tower.size, CLASSES)
    network = nn.Sequential(nn.Unflatten(1, (1, -1)), tower, nn.Dropout(0.3), head).to(device)
    # [T:sound_network] Minimise log loss; keep the epoch best on held-out rows
    weights = balanced_weights(y, CLASSES).to(device) if BALANCED else None
    held_out = valid and (torch.tensor(valid[0]).float(), torch.tensor(valid[1].astype("int64")))
    epochs = train_network(
        network,
        varied_sounds(X, device),
        torch.tensor(y.astype("int64")),
        nn.CrossEntropyLoss(weights, label_smoothing=SMOOTHING),
        torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02),
        schedule=cosine,
        epochs=EPOCHS,
        batch=BATCH,
        clip=1.0,
        valid=held_out,
        watch=nn.CrossEntropyLoss(),
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
        checkpoint=checkpoint,
    )
    return Model(network.cpu(), epochs)


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    probabilities = softmax(
        network_predictions(model.network, torch.tensor(X).float(), len(X)), axis=1
    )
    return np.asarray(probabilities[:, 1] if CLASSES == 2 else probabilities)
