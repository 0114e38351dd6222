"""A network that looks at a row's picture beside its numbers.

View: pictures
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.special import softmax
from torch import nn

from workspace_templates.networks.fused import FusedNetwork, beside_numbers, table_numbers
from workspace_templates.networks.pictures import (
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
MIRROR = True
WIDTHS = [16, 32, 64, 128]
EPOCHS = 30
BATCH = 32
RATE = 0.003
SMOOTHING = 0.02
BALANCED = False


@dataclass
class Model:
    """A trained network and its number of epochs."""

    network: nn.Module
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
    network = FusedNetwork(tower, tower.size, design.shape[1], CLASSES).to(device)
    # [T:fused_picture] Minimise log loss; keep the epoch best on held-out rows
    weights = balanced_weights(y, CLASSES).to(device) if BALANCED else None
    held_out = valid and (
        beside_numbers(plain_pictures(valid[0], device), table_numbers(valid[2], device)),
        torch.tensor(valid[1].astype("int64")),
    )
    epochs = train_network(
        network,
        beside_numbers(varied_pictures(X, device, MIRROR), table_numbers(design, device)),
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


def predict(model: Model, X: np.ndarray, design: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    inputs = beside_numbers(plain_pictures(X), table_numbers(design))
    probabilities = softmax(network_predictions(model.network, inputs, len(X)), axis=1)
    return np.asarray(probabilities[:, 1] if CLASSES == 2 else probabilities)
