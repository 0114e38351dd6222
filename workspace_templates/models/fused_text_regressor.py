"""A network that reads a row's text beside its numbers, and answers one or more numbers.

View: texts
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from workspace_templates.networks.fused import FusedNetwork, table_numbers
from workspace_templates.networks.target_scale import TargetScale
from workspace_templates.networks.texts import TextTower, text_codes
from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

LOG_TARGET = False
WORDS = 128
EPOCHS = 5
BATCH = 64
RATE = 0.02


@dataclass
class Model:
    """A trained network, the scale of its answers, and its number of epochs."""

    network: nn.Module
    scale: TargetScale
    rounds: int


def encode(X: pd.Series) -> np.ndarray:
    """Code the words of each text and their pieces."""
    return text_codes(X, WORDS)


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
    # [M:fused_text] A tower for the text beside one for the numbers
    device = chosen_device(seed, threads)
    tower = TextTower(WORDS)
    scale = TargetScale(y, LOG_TARGET)
    network = FusedNetwork(tower, tower.size, design.shape[1], len(scale.centre)).to(device)
    # [T:fused_text] Minimise squared error; keep the epoch best on held-out rows
    held_out = valid and (
        (torch.tensor(valid[0]), table_numbers(valid[2], device)),
        scale.scaled(valid[1]),
    )
    epochs = train_network(
        network,
        (torch.tensor(X, device=device), table_numbers(design, device)),
        scale.scaled(y),
        nn.MSELoss(),
        torch.optim.Adagrad(network.parameters(), lr=RATE),
        schedule=cosine,
        epochs=EPOCHS,
        batch=BATCH,
        valid=held_out,
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
        checkpoint=checkpoint,
    )
    return Model(network.cpu(), scale, epochs)


def predict(model: Model, X: np.ndarray, design: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    inputs = torch.tensor(X), table_numbers(design)
    return model.scale.restored(network_predictions(model.network, inputs, len(X)))
