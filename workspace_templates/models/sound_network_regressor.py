"""A small residual network on pitch over time that answers one or more numbers.

View: sounds
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from workspace_templates.networks.residual import ResidualTower
from workspace_templates.networks.sounds import sound_levels, varied_sounds
from workspace_templates.networks.target_scale import TargetScale
from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

LOG_TARGET = False
FRAMES = 96
WIDTHS = [12, 24, 48, 96]
EPOCHS = 20
BATCH = 32
RATE = 0.005


@dataclass
class Model:
    """A trained network, the scale of its answers, and its number of epochs."""

    network: nn.Module
    scale: TargetScale
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
    scale = TargetScale(y, LOG_TARGET)
    head = nn.Linear(tower.size, len(scale.centre))
    network = nn.Sequential(nn.Unflatten(1, (1, -1)), tower, nn.Dropout(0.3), head).to(device)
    # [T:sound_network] Minimise squared error; keep the epoch best on held-out rows
    held_out = valid and (torch.tensor(valid[0]).float(), scale.scaled(valid[1]))
    epochs = train_network(
        network,
        varied_sounds(X, device),
        scale.scaled(y),
        nn.MSELoss(),
        torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02),
        schedule=cosine,
        epochs=EPOCHS,
        batch=BATCH,
        clip=1.0,
        valid=held_out,
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
        checkpoint=checkpoint,
    )
    return Model(network.cpu(), scale, epochs)


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    return model.scale.restored(network_predictions(model.network, torch.tensor(X).float(), len(X)))
