"""A bag of small networks for one or more numbers, after RealMLP.

View: features
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from torch import nn
from torch.nn import functional

from workspace_templates.networks.bags import mean_square_error, member_square_error
from workspace_templates.networks.tables import (
    BagLinear,
    TableEncoder,
    TableNetwork,
    start_on_rows,
    table_optimizer,
)
from workspace_templates.networks.target_scale import TargetScale
from workspace_templates.networks.training import (
    chosen_device,
    compute_device,
    coslog4,
    network_outputs,
    train_network,
)

LOG_TARGET = False
SKIPS_ZEROS = False
EPOCHS = 32
BATCH = 256
RATE = 0.1
DECAY = 0.02
PARAMS: dict[str, Any] = {"members": 2, "width": 256, "depth": 3, "dropout": 0.2}


@dataclass
class Model:
    """A trained network, how rows and targets are scaled for it, and its number of epochs."""

    encoder: TableEncoder
    network: nn.Module
    scale: TargetScale
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
    if SKIPS_ZEROS:
        # A relative error counts no row whose answer is zero.
        X, y = X[y != 0], y[y != 0]
        valid = valid and (valid[0][valid[1] != 0], valid[1][valid[1] != 0])
    # [M:mlp] A bag of small networks on embedded numbers and categories
    device = chosen_device(seed, threads)
    encoder = TableEncoder(X)
    scale = TargetScale(y, LOG_TARGET)
    inputs = encoder.tensors(X, device)
    targets = len(scale.centre)
    network = TableNetwork(encoder, targets, functional.mish, BagLinear, **PARAMS).to(device)
    start_on_rows(network, inputs)
    # [T:mlp] Minimise squared error of scaled targets; keep the epoch best on held-out rows
    held_out = valid and (encoder.tensors(valid[0], device), scale.scaled(valid[1]))
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
    return Model(encoder, network.cpu(), scale, epochs)


def predict(model: Model, X: pd.DataFrame) -> np.ndarray:
    """Give numbers on the scale of the target: a vector for one target, else a matrix."""
    device = compute_device()
    inputs = model.encoder.tensors(X, device)
    outputs = network_outputs(model.network.to(device), inputs, len(X)).double()
    return model.scale.restored(outputs.mean(dim=1).cpu().numpy())
