"""A bag of small networks that read what was before a row beside its columns, for numbers.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from torch import nn
from torch.nn import functional

from workspace_templates.networks.bags import mean_square_error, member_square_error
from workspace_templates.networks.tables import TableEncoder, start_on_rows, table_optimizer
from workspace_templates.networks.target_scale import TargetScale
from workspace_templates.networks.temporal import TemporalNetwork, WindowEncoder
from workspace_templates.networks.training import (
    chosen_device,
    compute_device,
    coslog4,
    network_outputs,
    train_network,
)

LOG_TARGET = False
SKIPS_ZEROS = False
STEPS = 32
EPOCHS = 32
BATCH = 256
RATE = 0.1
DECAY = 0.02
PARAMS: dict[str, Any] = {"members": 2, "width": 256, "depth": 3, "dropout": 0.2, "reader": 32}


@dataclass
class Model:
    """A trained network, how rows, windows and targets are scaled for it, and its epochs."""

    encoder: TableEncoder
    window: WindowEncoder
    network: nn.Module
    scale: TargetScale
    rounds: int


def fit(
    X: pd.DataFrame,
    y: np.ndarray,
    windows: pd.DataFrame,
    *,
    valid: tuple[pd.DataFrame, np.ndarray, pd.DataFrame] | None = None,
    rounds: int | None = None,
    seed: int = 0,
    threads: int = 1,
    time_limit: float | None = None,
) -> Model:
    """Train for `rounds` epochs; without that number, keep the best of `EPOCHS` on `valid`."""
    if SKIPS_ZEROS:
        # A relative error counts no row whose answer is zero.
        X, y, windows = X[y != 0], y[y != 0], windows[y != 0]
        if valid is not None:
            counted = valid[1] != 0
            valid = valid[0][counted], valid[1][counted], valid[2][counted]
    # [M:temporal_network] A tower that reads the moments before a row, beside one for its columns
    device = chosen_device(seed, threads)
    encoder, window = TableEncoder(X), WindowEncoder(windows, STEPS)
    scale = TargetScale(y, LOG_TARGET)
    # Times to come may go a spread beyond what was, but not below zero where nothing was.
    lowest, scale.high = scale.low - scale.spread, scale.high + scale.spread
    scale.low = np.where(scale.low < 0, lowest, lowest.clip(0))
    inputs = (*encoder.tensors(X, device), window.tensor(windows, device))
    targets = len(scale.centre)
    network = TemporalNetwork(encoder, window, targets, functional.mish, **PARAMS).to(device)
    start_on_rows(network, inputs)
    # [T:temporal_network] Minimise squared error of scaled targets; keep the best epoch
    held_out = valid and (
        (*encoder.tensors(valid[0], device), window.tensor(valid[2], device)),
        scale.scaled(valid[1]),
    )
    epochs = train_network(
        network,
        inputs,
        scale.scaled(y),
        member_square_error,
        table_optimizer(network, RATE, DECAY),
        schedule=coslog4,
        epochs=EPOCHS,
        batch=BATCH,
        smooth=3,
        valid=held_out,
        watch=mean_square_error,
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
    )
    return Model(encoder, window, network.cpu(), scale, epochs)


def predict(model: Model, X: pd.DataFrame, windows: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    device = compute_device()
    inputs = (*model.encoder.tensors(X, device), model.window.tensor(windows, device))
    outputs = network_outputs(model.network.to(device), inputs, len(X)).double()
    return model.scale.restored(outputs.mean(dim=1).cpu().numpy())
