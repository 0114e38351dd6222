"""A network that hears a row's sound beside its numbers, and answers one or more numbers.

View: sounds
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn

from workspace_templates.networks.fused import FusedNetwork, beside_numbers, table_numbers
from workspace_templates.networks.residual import ResidualTower
from workspace_templates.networks.sounds import sound_levels, varied_sounds
from workspace_templates.networks.target_scale import TargetScale
from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

LOG_TARGET = False
FRAMES = 96
WIDTHS = [12, 24, 48, 96]
EPOCHS = 20
BATCH = 32
RATE = 0.005


@dataclass
class Model:
    """A trained network, the scale of its answers, and its number of epochs."""

    network: nn.Module
    scale: TargetScale
    rounds: int


def encode(X: pd.Series) -> np.ndarray:
    """Give the levels of the pitch bands of each sound over time."""
    return sound_levels(X, FRAMES)


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
    # [M:fused_sound] A tower for the sound beside one for the numbers
    device = chosen_device(seed, threads)
    sounds = ResidualTower(1, WIDTHS)
    tower = nn.Sequential(nn.Unflatten(1, (1, -1)), sounds)
    scale = TargetScale(y, LOG_TARGET)
    network = FusedNetwork(tower, sounds.size, design.shape[1], len(scale.centre)).to(device)
    # [T:fused_sound] Minimise squared error; keep the epoch best on held-out rows
    held_out = valid and (
        (torch.tensor(valid[0]).float(), table_numbers(valid[2])),
        scale.scaled(valid[1]),
    )
    epochs = train_network(
        network,
        beside_numbers(varied_sounds(X, device), table_numbers(design, device)),
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
    inputs = torch.tensor(X).float(), table_numbers(design)
    return model.scale.restored(network_predictions(model.network, inputs, len(X)))
