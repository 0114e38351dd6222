"""How pretrained networks go on learning: the top quickly, what lies deeper ever more slowly."""

import re

import numpy as np
import torch
from torch import nn

LAYER_OF = re.compile(r"\.(?:stages|layers?|h|_?blocks?)\.?(\d+)\.")
HEAD_FASTER = 10.0
FEWEST_WATCHED = 200


def some_rows(X: np.ndarray, y: np.ndarray, most: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """At most so many rows, drawn by chance; few are enough to tune what is known already."""
    if len(y) <= most:
        return X, y
    drawn = np.random.default_rng(seed).permutation(len(y))[:most]
    return X[drawn], y[drawn]


def watched_rows(most: int) -> int:
    """How many held-out rows are judged after each epoch that goes through so many others."""
    return max(FEWEST_WATCHED, most // 4)


def layered_adam(
    network: nn.Module, rate: float, layer_decay: float, decay: float = 0.01
) -> torch.optim.AdamW:
    """AdamW whose rate falls by the factor `layer_decay` with each layer below the top.

    The lower a layer, the less of what it knows depends on the task (Howard and Ruder 2018).
    """
    names = [name for name, _ in network.named_parameters()]
    layers = [int(found[1]) for name in names if (found := LAYER_OF.search(name))]
    below = top = max(layers, default=0) + 1
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if found := LAYER_OF.search(name):
            below = top - int(found[1]) - 1
        elif below < top:  # behind the last layer
            below = 0
        own = rate * HEAD_FASTER if name.startswith("head.") else rate * layer_decay**below
        groups.setdefault(own, []).append(parameter)
    settings = [{"params": parameters, "lr": own} for own, parameters in sorted(groups.items())]
    return torch.optim.AdamW(settings, weight_decay=decay, fused=True)
