"""Texts as a pretrained transformer reads them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from transformers import AutoModel, AutoTokenizer

from workspace_templates.networks.pretrained_speed import fast_precision

LONGEST_TEXT = 128
TEXTS_AT_ONCE = 32
PADDED_TO = 8


def embed_texts(texts: pd.Series, weights: Path, threads: int) -> np.ndarray:
    """Embed each text by the transformer at `weights`: float32 of norm 1, (texts, width).

    Texts are cut after `LONGEST_TEXT` tokens. Those of one length go together, so that what a text
    gives does not depend on its neighbours.
    """
    torch.set_num_threads(threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = AutoTokenizer.from_pretrained(weights, local_files_only=True)
    network = AutoModel.from_pretrained(weights, local_files_only=True).float().eval().to(device)
    by_first = pools_by_first_token(weights)
    tokens = tokenizer(texts.tolist(), truncation=True, max_length=LONGEST_TEXT)["input_ids"]
    rows: list[np.ndarray] = [np.empty(0)] * len(tokens)
    with torch.inference_mode(), fast_precision(device):
        for places in batches_of_one_length(tokens):
            known, mask = padded_tokens([tokens[k] for k in places], tokenizer.pad_token_id or 0)
            states = network(
                input_ids=known.to(device), attention_mask=mask.to(device)
            ).last_hidden_state.float()
            pooled = states[:, 0] if by_first else mean_of_tokens(states, mask.to(device))
            found = torch.nn.functional.normalize(pooled).cpu().numpy()
            for place, row in zip(places, found, strict=True):
                rows[place] = row
    return np.stack(rows)


def embed_text_pairs(texts: pd.DataFrame, weights: Path, threads: int) -> np.ndarray:
    """Embed the texts of each row, and compare the first two: float32, (rows, width).

    Where they differ and where both say the same is told by difference and product, number by
    number (Conneau et al. 2017).
    """
    columns = [embed_texts(texts[name], weights, threads) for name in texts]
    first, second = columns[:2]
    return np.hstack([*columns, np.abs(first - second), first * second])


def batches_of_one_length(tokens: list[list[int]]) -> list[list[int]]:
    """Places of texts in batches; the texts of a batch are equally long once they are padded."""
    by_length: dict[int, list[int]] = {}
    for place, one in enumerate(tokens):
        by_length.setdefault(padded_length(one), []).append(place)
    return [
        places[first : first + TEXTS_AT_ONCE]
        for _, places in sorted(by_length.items())
        for first in range(0, len(places), TEXTS_AT_ONCE)
    ]


def padded_length(tokens: list[int]) -> int:
    """The number of tokens, rounded up to a multiple of `PADDED_TO`."""
    return max(1, -(-len(tokens) // PADDED_TO)) * PADDED_TO


def padded_tokens(texts: list[list[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens and their mask, both (texts, length): 1 stands for a token, 0 for padding."""
    length = max(padded_length(one) for one in texts)
    known = torch.full((len(texts), length), pad)
    mask = torch.zeros((len(texts), length), dtype=torch.long)
    for row, one in enumerate(texts):
        known[row, : len(one)] = torch.tensor(one)
        mask[row, : len(one)] = 1
    return known, mask


def mean_of_tokens(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean state of each text's tokens, padding left out."""
    weights = mask[:, :, None].to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1).clamp(min=1)


def pools_by_first_token(weights: Path) -> bool:
    """Whether a sentence encoder was trained to say all in its first token's state."""
    page = weights / "1_Pooling" / "config.json"
    said: dict[str, Any] = json.loads(page.read_text("utf-8")) if page.exists() else {}
    return bool(said.get("pooling_mode_cls_token")) or said.get("pooling_mode") == "cls"
