"""A bag of small networks for one or more numbers, after RealMLP.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional

from workspace_templates.networks.tables import (
    TableEncoder,
    TableNetwork,
    learned_encoder,
    table_optimizer,
    table_tensors,
)
from workspace_templates.networks.training import (
    Training,
    chosen_device,
    compute_device,
    coslog4,
    network_outputs,
    train_network,
)

LOG_TARGET = False
EPOCHS = 64
BATCH = 256
RATE = 0.2
DECAY = 0.02
PARAMS: dict[str, Any] = {"members": 2, "width": 256, "depth": 3, "dropout": 0.15}


@dataclass
class Model:
    """A trained network, how rows and targets are scaled for it, and its number of epochs.

    `low` and `high` are the targets' limits in training, on the scale that is learned.
    """

    encoder: TableEncoder
    network: nn.Module
    centre: np.ndarray
    spread: np.ndarray
    low: np.ndarray
    high: np.ndarray
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
) -> Model:
    """Train for `rounds` epochs; without that number, keep the best of `EPOCHS` on `valid`."""
    # [M:mlp] A bag of small networks on embedded numbers and categories
    device = chosen_device(seed, threads)
    encoder, targets = learned_encoder(X), as_columns(y)
    centre, spread = targets.mean(axis=0), targets.std(axis=0) + 1e-12
    network = TableNetwork(encoder, targets.shape[1], functional.mish, **PARAMS).to(device)

    # [T:mlp] Minimise squared error of scaled targets; keep the epoch best on held-out rows
    def scaled(numbers: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(((numbers - centre) / spread).astype("float32"))

    held_out = None
    if valid is not None and rounds is None:
        held_out = table_tensors(encoder, valid[0], device), scaled(as_columns(valid[1]))
    epochs = train_network(
        network,
        table_tensors(encoder, X, device),
        scaled(targets),
        error_of_each,
        Training(coslog4, EPOCHS, BATCH, clip=None),
        valid=held_out,
        watch=error_of_mean,
        optimizer=table_optimizer(network, RATE, DECAY),
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
    )
    low, high = targets.min(axis=0), targets.max(axis=0)
    return Model(encoder, network.cpu(), centre, spread, low, high, epochs)


def as_columns(y: np.ndarray) -> np.ndarray:
    """Give targets one column each, on the scale that is learned."""
    columns = np.asarray(y, dtype="float64").reshape(len(y), -1)
    return np.log1p(columns) if LOG_TARGET else columns


def error_of_each(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean squared error over rows, members and targets."""
    return functional.mse_loss(outputs, targets[:, None].expand_as(outputs))


def error_of_mean(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean squared error of the members' mean."""
    return functional.mse_loss(outputs.mean(dim=1), targets)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    device = compute_device()
    inputs = table_tensors(model.encoder, X, device)
    outputs = network_outputs(model.network.to(device), inputs, len(X)).double()
    raw = outputs.mean(dim=1).cpu().numpy() * model.spread + model.centre
    raw = np.clip(raw, model.low, model.high)
    answers = np.expm1(raw) if LOG_TARGET else raw
    return np.asarray(answers[:, 0] if answers.shape[1] == 1 else answers)
