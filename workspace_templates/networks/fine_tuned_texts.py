"""Pretrained transformers that go on learning: tokens in, a layer on top, lower layers slower."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

from workspace_templates.networks.pretrained_texts import mean_of_tokens


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
