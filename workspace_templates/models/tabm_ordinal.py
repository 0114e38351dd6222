"""Networks that share their weights, for grades, after TabM.

View: features
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional

from workspace_templates.networks.bags import mean_log_loss, mean_probabilities, member_log_loss
from workspace_templates.networks.tables import (
    SharedLinear,
    TableEncoder,
    TableNetwork,
    learned_encoder,
    start_apart,
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

EPOCHS = 32
BATCH = 256
RATE = 0.04
DECAY = 0.02
SMOOTHING = 0.0
PARAMS: dict[str, Any] = {"members": 16, "width": 256, "depth": 3, "dropout": 0.2}


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
    checkpoint: Path | None = None,
) -> Model:
    """Train for `rounds` epochs; without that number, keep the best of `EPOCHS` on `valid`."""
    # [M:tabm] Networks of shared weights on embedded numbers and categories
    device = chosen_device(seed, threads)
    encoder = learned_encoder(X)
    inputs = table_tensors(encoder, X, device)
    grades = int(y.max()) + 1
    network = TableNetwork(encoder, grades, functional.selu, SharedLinear, **PARAMS).to(device)
    start_apart(network)
    # [T:tabm] Minimise log loss; keep the epoch best on held-out rows
    held_out = None
    if valid is not None and rounds is None:
        held_out = table_tensors(encoder, valid[0], device), class_codes(valid[1])
    epochs = train_network(
        network,
        inputs,
        class_codes(y),
        partial(member_log_loss, smoothing=SMOOTHING),
        Training(coslog4, EPOCHS, BATCH, clip=None, smooth=3),
        valid=held_out,
        watch=mean_log_loss,
        optimizer=table_optimizer(network, RATE, DECAY),
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
        checkpoint=checkpoint,
    )
    return Model(encoder, network.cpu(), epochs)


def class_codes(y: np.ndarray) -> torch.Tensor:
    """Classes as torch wants them."""
    return torch.from_numpy(np.asarray(y, dtype="int64"))


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give the expected grade: the grades weighed by their probabilities."""
    device = compute_device()
    inputs = table_tensors(model.encoder, X, device)
    outputs = network_outputs(model.network.to(device), inputs, len(X)).double()
    probabilities = mean_probabilities(outputs).cpu().numpy()
    return np.asarray(probabilities @ np.arange(probabilities.shape[1]))
