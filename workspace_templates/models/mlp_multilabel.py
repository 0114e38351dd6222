"""A bag of small networks for labels that go together or not, after RealMLP.

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

EPOCHS = 64
BATCH = 256
RATE = 0.04
DECAY = 0.02
PARAMS: dict[str, Any] = {"members": 2, "width": 256, "depth": 3, "dropout": 0.15}


@dataclass
class Model:
    """A trained network, how rows are encoded for it, and its number of epochs."""

    encoder: TableEncoder
    network: nn.Module
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
    encoder = learned_encoder(X)
    network = TableNetwork(encoder, y.shape[1], functional.selu, **PARAMS).to(device)

    # [T:mlp] Minimise log loss of each label; keep the epoch best on held-out rows
    held_out = None
    if valid is not None and rounds is None:
        held_out = table_tensors(encoder, valid[0], device), as_floats(valid[1])
    epochs = train_network(
        network,
        table_tensors(encoder, X, device),
        as_floats(y),
        loss_of_each,
        Training(coslog4, EPOCHS, BATCH, clip=None),
        valid=held_out,
        watch=loss_of_mean,
        optimizer=table_optimizer(network, RATE, DECAY),
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
    )
    return Model(encoder, network.cpu(), epochs)


def as_floats(y: np.ndarray) -> torch.Tensor:
    """Labels as torch wants them, 0 or 1."""
    return torch.from_numpy(np.asarray(y, dtype="float32"))


def loss_of_each(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The mean log loss over rows, members and labels."""
    each = labels[:, None].expand_as(outputs)
    return functional.binary_cross_entropy_with_logits(outputs, each)


def loss_of_mean(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The log loss of the members' mean probabilities."""
    return functional.binary_cross_entropy(outputs.sigmoid().mean(dim=1), labels)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give P(label), one column per label."""
    device = compute_device()
    inputs = table_tensors(model.encoder, X, device)
    outputs = network_outputs(model.network.to(device), inputs, len(X)).double()
    return np.asarray(outputs.sigmoid().mean(dim=1).cpu().numpy())
