"""A bag of small networks that read what was before a row beside its columns, for classes.

View: features
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional

from workspace_templates.networks.bags import mean_log_loss, mean_probabilities, member_log_loss
from workspace_templates.networks.tables import TableEncoder, start_on_rows, table_optimizer
from workspace_templates.networks.temporal import TemporalNetwork, WindowEncoder
from workspace_templates.networks.training import (
    balanced_weights,
    chosen_device,
    compute_device,
    coslog4,
    network_outputs,
    train_network,
)

CLASSES = 2
STEPS = 32
EPOCHS = 32
BATCH = 256
RATE = 0.02
DECAY = 0.02
SMOOTHING = 0.0
BALANCED = False
PARAMS: dict[str, Any] = {"members": 2, "width": 256, "depth": 3, "dropout": 0.2, "reader": 32}


@dataclass
class Model:
    """A trained network, how rows and windows are encoded for it, and its epochs."""

    encoder: TableEncoder
    window: WindowEncoder
    network: nn.Module
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
    # [M:temporal_network] A tower that reads the moments before a row, beside one for its columns
    device = chosen_device(seed, threads)
    encoder, window = TableEncoder(X), WindowEncoder(windows, STEPS)
    inputs = (*encoder.tensors(X, device), window.tensor(windows, device))
    network = TemporalNetwork(encoder, window, CLASSES, functional.selu, **PARAMS).to(device)
    start_on_rows(network, inputs)
    # [T:temporal_network] Minimise log loss; keep the epoch best on held-out rows
    weights = balanced_weights(y, CLASSES).to(device) if BALANCED else None
    held_out = valid and (
        (*encoder.tensors(valid[0], device), window.tensor(valid[2], device)),
        torch.tensor(valid[1].astype("int64")),
    )
    epochs = train_network(
        network,
        inputs,
        torch.tensor(y.astype("int64")),
        partial(member_log_loss, smoothing=SMOOTHING, weights=weights),
        table_optimizer(network, RATE, DECAY),
        schedule=coslog4,
        epochs=EPOCHS,
        batch=BATCH,
        smooth=3,
        valid=held_out,
        watch=mean_log_loss,
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
    )
    return Model(encoder, window, network.cpu(), epochs)


def predict(model: Model, X: pd.DataFrame, windows: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    device = compute_device()
    inputs = (*model.encoder.tensors(X, device), model.window.tensor(windows, device))
    outputs = network_outputs(model.network.to(device), inputs, len(X)).double()
    probabilities = np.asarray(mean_probabilities(outputs).cpu().numpy())
    return probabilities[:, 1] if CLASSES == 2 else probabilities
