"""A bag of small networks for grades, after RealMLP.

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
from workspace_templates.networks.tables import (
    BagLinear,
    TableEncoder,
    TableNetwork,
    start_on_rows,
    table_optimizer,
)
from workspace_templates.networks.training import (
    chosen_device,
    compute_device,
    coslog4,
    network_outputs,
    train_network,
)

CLASSES = 2
EPOCHS = 32
BATCH = 256
RATE = 0.02
DECAY = 0.02
SMOOTHING = 0.0
PARAMS: dict[str, Any] = {"members": 2, "width": 256, "depth": 3, "dropout": 0.2}


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
    encoder = TableEncoder(X)
    inputs = encoder.tensors(X, device)
    network = TableNetwork(encoder, CLASSES, functional.selu, BagLinear, **PARAMS).to(device)
    start_on_rows(network, inputs)
    # [T:mlp] Minimise log loss; keep the epoch best on held-out rows
    held_out = valid and (encoder.tensors(valid[0], device), torch.tensor(valid[1].astype("int64")))
    epochs = train_network(
        network,
        inputs,
        torch.tensor(y.astype("int64")),
        partial(member_log_loss, smoothing=SMOOTHING),
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
    return Model(encoder, network.cpu(), epochs)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give the expected grade: the grades weighed by their probabilities."""
    device = compute_device()
    inputs = model.encoder.tensors(X, device)
    outputs = network_outputs(model.network.to(device), inputs, len(X)).double()
    probabilities = mean_probabilities(outputs).cpu().numpy()
    return np.asarray(probabilities @ np.arange(probabilities.shape[1]))
