"""How pretrained networks go on learning: the top quickly, what lies deeper ever more slowly."""

import re

import torch
from torch import nn

LAYER_OF = re.compile(r"\.(?:stages|layers?|h|_?blocks?)\.?(\d+)\.")
HEAD_FASTER = 10.0


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
