"""A network that looks at a row's picture beside its numbers, and answers one or more numbers.

View: pictures
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from workspace_templates.networks.fused import FusedNetwork, beside_numbers, table_numbers
from workspace_templates.networks.pictures import (
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
MIRROR = True
WIDTHS = [16, 32, 64, 128]
EPOCHS = 30
BATCH = 32
RATE = 0.003


@dataclass
class Model:
    """A trained network, the scale of its answers, and its number of epochs."""

    network: nn.Module
    scale: TargetScale
    rounds: int


def encode(X: pd.Series) -> np.ndarray:
    """Decode each picture to a small square of pixels."""
    return picture_pixels(X, SIDE)


def fit(
    X: np.ndarray,
    y: np.ndarray,
    design: pd.DataFrame,
    *,
    valid: tuple[np.ndarray, np.ndarray, pd.DataFrame] | None = None,
    rounds: int | None = None,
    seed: int = 0,
    threads: int = 1,
    time_limit: float | None = None,
    checkpoint: Path | None = None,
) -> Model:
    """Train for `rounds` epochs; without that number, keep the best of `EPOCHS` on `valid`."""
    # [M:fused_picture] A tower for the picture beside one for the numbers
    device = chosen_device(seed, threads)
    tower = ResidualTower(3, WIDTHS)
    scale = TargetScale(y, LOG_TARGET)
    network = FusedNetwork(tower, tower.size, design.shape[1], len(scale.centre)).to(device)
    # [T:fused_picture] Minimise squared error; keep the epoch best on held-out rows
    held_out = valid and (
        beside_numbers(plain_pictures(valid[0], device), table_numbers(valid[2], device)),
        scale.scaled(valid[1]),
    )
    epochs = train_network(
        network,
        beside_numbers(varied_pictures(X, device, MIRROR), table_numbers(design, device)),
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


def predict(model: Model, X: np.ndarray, design: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    inputs = beside_numbers(plain_pictures(X), table_numbers(design))
    return model.scale.restored(network_predictions(model.network, inputs, len(X)))
