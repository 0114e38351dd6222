"""A small U-Net for masks: the probability of each pixel from what lies around it, near and far.

View: pixels
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)
from workspace_templates.networks.unet import (
    UNet,
    mask_error,
    mirrored_half,
    picture_tiles,
    side_of_tiles,
)
from workspace_templates.networks.whole_pictures import whole_pictures

SIDE = 128
FEWEST_TILES = 50
MOST_TILES = 2000
WIDTHS = [8, 16, 32, 64]
EPOCHS = 20
BATCH = 8
RATE = 0.004


@dataclass
class Model:
    """A trained network, mean and spread of the shades it saw, and its number of epochs."""

    network: nn.Module
    mean: float
    spread: float
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
    # [M:masks_unet] A U-Net on pictures, or on tiles of large ones, half of them in the mirror
    device = chosen_device(seed, threads)
    mean, spread = float(X["shade"].mean()), float(X["shade"].std()) + 1e-6
    network = UNet(WIDTHS).to(device)
    # [T:masks_unet] Minimise log loss and what overlap lacks
    side = side_of_tiles(X, SIDE, network.scale)
    count = min(MOST_TILES, max(FEWEST_TILES, 2 * len(X) // side**2))
    tiles, masks = mirrored_half(*picture_tiles(X, y, side, count, seed), seed)
    held_out = valid and picture_tiles(*valid, side, count // 4, seed)
    epochs = train_network(
        network,
        (tiles - mean) / spread,
        masks,
        mask_error,
        torch.optim.AdamW(network.parameters(), lr=RATE),
        schedule=cosine,
        epochs=EPOCHS,
        batch=BATCH,
        clip=1.0,
        valid=held_out and ((held_out[0] - mean) / spread, held_out[1]),
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
        checkpoint=checkpoint,
    )
    return Model(network.cpu(), mean, spread, epochs)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give a probability per pixel, picture by picture: the mean of both mirror images."""
    answers = np.zeros(len(X))
    for start, shades in whole_pictures(X):
        shown = torch.tensor((shades[None, None] - model.mean) / model.spread)
        both = torch.cat([shown, shown.flip(-1)])
        plain, mirrored = network_predictions(model.network, both, 2)
        odds = np.stack([plain, mirrored[:, ::-1]])
        answers[start : start + shades.size] = (1 / (1 + np.exp(-odds))).mean(axis=0).ravel()
    return answers
