"""A small U-Net: each pixel of the answer from what lies around it, near and far.

View: pixels
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from workspace_templates.networks.target_scale import TargetScale
from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)
from workspace_templates.networks.unet import UNet, known_squared_error, picture_tiles
from workspace_templates.networks.whole_pictures import whole_pictures

SIDE = 48
TILES = 800
WIDTHS = [8, 16, 32]
EPOCHS = 10
BATCH = 16
RATE = 0.004


@dataclass
class Model:
    """A trained network, the scale of its answers, and its number of epochs."""

    network: nn.Module
    scale: TargetScale
    rounds: int


def fit(
    X: pd.DataFrame,
    y: np.ndarray,
    *,
    valid: tuple[pd.DataFrame, np.ndarray] | None = None,
    rounds: int | None = None,
    seed: int = 0,
    threads: int = 1,
    time_limit: float | None = None,
    checkpoint: Path | None = None,
) -> Model:
    """Train for `rounds` epochs; without that number, keep the best of `EPOCHS` on `valid`."""
    # [M:unet] A U-Net on tiles of the pictures
    device = chosen_device(seed, threads)
    scale = TargetScale(y, logs=False)
    network = UNet(WIDTHS).to(device)
    # [T:unet] Minimise squared error; keep the epoch best on held-out pictures
    tiles, answers = picture_tiles(X, scale.scaled(y).numpy(), SIDE, TILES, seed)
    held_out = valid and picture_tiles(
        valid[0], scale.scaled(valid[1]).numpy(), SIDE, TILES // 4, seed
    )
    epochs = train_network(
        network,
        tiles,
        answers,
        known_squared_error,
        torch.optim.AdamW(network.parameters(), lr=RATE),
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


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give a number per pixel, picture by picture, in the order of the rows."""
    answers = np.zeros((len(X), 1))
    for start, shades in whole_pictures(X):
        found = network_predictions(model.network, torch.tensor(shades[None, None]), 1)
        answers[start : start + shades.size, 0] = found.ravel()
    return model.scale.restored(answers)
