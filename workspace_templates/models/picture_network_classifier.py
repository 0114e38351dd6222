"""A small residual network on pictures, which are varied while it learns them.

View: pictures
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.special import softmax
from torch import nn

from workspace_templates.networks.pictures import (
    Mirrored,
    picture_pixels,
    plain_pictures,
    varied_pictures,
)
from workspace_templates.networks.residual import ResidualTower
from workspace_templates.networks.training import (
    balanced_weights,
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

CLASSES = 2
SIDE = 48
WIDTHS = [16, 32, 64, 128]
EPOCHS = 40
BATCH = 32
RATE = 0.001
MIRROR = True
SMOOTHING = 0.2
BALANCED = False


@dataclass
class Model:
    """A trained network and its number of epochs."""

    network: nn.Module
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
    head = nn.Linear(tower.size, CLASSES)
    nn.init.zeros_(head.weight)
    plain = nn.Sequential(tower, nn.Dropout(0.5), head).to(device)
    network = Mirrored(plain) if MIRROR else plain
    # [T:picture_network] Minimise log loss; keep the epoch best on held-out rows
    weights = balanced_weights(y, CLASSES).to(device) if BALANCED else None
    held_out = valid and (plain_pictures(valid[0], device), torch.tensor(valid[1].astype("int64")))
    epochs = train_network(
        network,
        varied_pictures(X, device, MIRROR),
        torch.tensor(y.astype("int64")),
        nn.CrossEntropyLoss(weights, label_smoothing=SMOOTHING),
        torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02),
        schedule=cosine,
        epochs=EPOCHS,
        batch=BATCH,
        clip=1.0,
        smooth=3,
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
    inputs = plain_pictures(X)
    probabilities = softmax(network_predictions(model.network, inputs, len(X)), axis=1)
    return np.asarray(probabilities[:, 1] if CLASSES == 2 else probabilities)
