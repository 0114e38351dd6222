"""Pretrained transformers that go on learning: tokens in, a layer on top, lower layers slower."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

from workspace_templates.networks.pretrained_texts import mean_of_tokens

LAYER_OF = re.compile(r"\.(?:layers?|h|block)\.(\d+)\.")
HEAD_FASTER = 10.0


def text_tokens(texts: pd.Series, weights: Path, longest: int) -> np.ndarray:
    """Each text as the numbers of its tokens, cut and padded: (rows, longest); -1 is padding."""
    tokenizer = AutoTokenizer.from_pretrained(weights, local_files_only=True)
    found = tokenizer(texts.tolist(), truncation=True, max_length=longest)["input_ids"]
    tokens = np.full((len(found), longest), -1, dtype="int32")
    for row, one in enumerate(found):
        tokens[row, : len(one)] = one
    return tokens


class TunedReader(nn.Module):
    """A pretrained transformer, the mean of what it says of each token, and one layer on top."""

    def __init__(self, weights: Path, outputs: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(weights, local_files_only=True).float()
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.encoder.config.hidden_size, outputs)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Answer tokens (rows, length), of which the batch's padding is cut off."""
        known = tokens >= 0
        length = max(1, int(known.sum(1).max()))
        mask = known[:, :length].long()
        states = self.encoder(
            input_ids=tokens[:, :length].clamp(min=0).long(), attention_mask=mask
        ).last_hidden_state
        answers: torch.Tensor = self.head(self.dropout(mean_of_tokens(states, mask)))
        return answers


def layered_adam(
    network: nn.Module, rate: float, slower: float, decay: float = 0.01
) -> torch.optim.AdamW:
    """AdamW whose rate falls by the factor `slower` with each layer below the top.

    The lower a layer, the less of what it knows depends on the task (Howard and Ruder 2018).
    """
    names = [name for name, _ in network.named_parameters()]
    layers = [int(found[1]) for name in names if (found := LAYER_OF.search(name))]
    top = max(layers, default=0) + 1
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        found = LAYER_OF.search(name)
        below = top - int(found[1]) - 1 if found else top
        own = rate * HEAD_FASTER if name.startswith("head.") else rate * slower**below
        groups.setdefault(own, []).append(parameter)
    settings = [{"params": parameters, "lr": own} for own, parameters in sorted(groups.items())]
    return torch.optim.AdamW(settings, weight_decay=decay)
