"""A network that reads a row's text beside its numbers.

View: texts
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.special import softmax
from torch import nn

from workspace_templates.networks.fused import FusedNetwork, table_numbers
from workspace_templates.networks.texts import TextTower, text_codes
from workspace_templates.networks.training import (
    balanced_weights,
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

CLASSES = 2
WORDS = 128
EPOCHS = 5
BATCH = 64
RATE = 0.02
BALANCED = False


@dataclass
class Model:
    """A trained network and its number of epochs."""

    network: nn.Module
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
    network = FusedNetwork(tower, tower.size, design.shape[1], CLASSES).to(device)
    # [T:fused_text] Minimise log loss; keep the epoch best on held-out rows
    weights = balanced_weights(y, CLASSES).to(device) if BALANCED else None
    held_out = valid and (
        (torch.tensor(valid[0]), table_numbers(valid[2], device)),
        torch.tensor(valid[1].astype("int64")),
    )
    epochs = train_network(
        network,
        (torch.tensor(X, device=device), table_numbers(design, device)),
        torch.tensor(y.astype("int64")),
        nn.CrossEntropyLoss(weights),
        torch.optim.Adagrad(network.parameters(), lr=RATE),
        schedule=cosine,
        epochs=EPOCHS,
        batch=BATCH,
        valid=held_out,
        watch=nn.CrossEntropyLoss() if BALANCED else None,
        rounds=rounds,
        seed=seed,
        time_limit=time_limit,
        checkpoint=checkpoint,
    )
    return Model(network.cpu(), epochs)


def predict(model: Model, X: np.ndarray, design: pd.DataFrame) -> np.ndarray:
    """Give P(second class), or one probability per class where there are more than two."""
    inputs = torch.tensor(X), table_numbers(design)
    probabilities = softmax(network_predictions(model.network, inputs, len(X)), axis=1)
    return np.asarray(probabilities[:, 1] if CLASSES == 2 else probabilities)
