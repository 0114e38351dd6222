"""A small residual network on pictures that answers one or more numbers.

View: pictures
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from workspace_templates.networks.pictures import (
    Mirrored,
    picture_pixels,
    plain_pictures,
    varied_pictures,
)
from workspace_templates.networks.residual import ResidualTower
from workspace_templates.networks.target_scale import TargetScale
from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

LOG_TARGET = False
SIDE = 48
WIDTHS = [16, 32, 64, 128]
EPOCHS = 40
BATCH = 32
RATE = 0.001
MIRROR = True


@dataclass
class Model:
    """A trained network, the scale of its answers, and its number of epochs."""

    network: nn.Module
    scale: TargetScale
    rounds: int


def encode(X: pd.Series) -> np.ndarray:
    """Give each row's picture as a square of pixels."""
    return picture_pixels(X, SIDE)


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
    # [M:picture_network] Residual blocks over pixels, then one layer
    device = chosen_device(seed, threads)
    tower = ResidualTower(X.shape[3], WIDTHS)
    scale = TargetScale(y, LOG_TARGET)
    head = nn.Linear(tower.size, len(scale.centre))
    nn.init.zeros_(head.weight)
    plain = nn.Sequential(tower, nn.Dropout(0.5), head).to(device)
    network = Mirrored(plain) if MIRROR else plain
    # [T:picture_network] Minimise squared error; keep the epoch best on held-out rows
    held_out = valid and (plain_pictures(valid[0], device), scale.scaled(valid[1]))
    epochs = train_network(
        network,
        varied_pictures(X, device, MIRROR),
        scale.scaled(y),
        nn.MSELoss(),
        torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02),
        schedule=cosine,
        epochs=EPOCHS,
        batch=BATCH,
        clip=1.0,
        smooth=3,
        valid=held_out,
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
        checkpoint=checkpoint,
    )
    return Model(network.cpu(), scale, epochs)


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    inputs = plain_pictures(X)
    return model.scale.restored(network_predictions(model.network, inputs, len(X)))
