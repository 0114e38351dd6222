"""Pretrained networks for pictures that go on learning: pixels in, a layer on top."""

import json
from pathlib import Path
from typing import Any

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn
from transformers import AutoModel


class TunedLite(nn.Module):
    """A pretrained EfficientNet-Lite and one layer on top."""

    def __init__(self, weights: Path, outputs: int, dropout: float = 0.2) -> None:
        super().__init__()
        name = "-".join(weights.stem.split("-")[:2])
        self.network = EfficientNet.from_pretrained(name, weights_path=str(weights))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.network._fc.in_features, outputs)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Answer pictures (rows, 3, side, side) from -1 to 1."""
        seen = self.network.extract_features(pictures).mean((2, 3))
        answers: torch.Tensor = self.head(self.dropout(seen))
        return answers


class TunedPictures(nn.Module):
    """A pretrained network of the transformers library and one layer on top."""

    image_mean: torch.Tensor
    image_std: torch.Tensor

    def __init__(self, weights: Path, outputs: int, dropout: float = 0.1) -> None:
        super().__init__()
        said: dict[str, Any] = json.loads((weights / "preprocessor_config.json").read_text("utf-8"))
        for name in ("image_mean", "image_std"):
            self.register_buffer(name, torch.tensor(said.get(name) or [0.5] * 3)[:, None, None])
        self.network = AutoModel.from_pretrained(weights, local_files_only=True).float()
        sizes = self.network.config
        width = sizes.hidden_sizes[-1] if hasattr(sizes, "hidden_sizes") else sizes.hidden_size
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, outputs)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Answer pictures (rows, 3, side, side) from -1 to 1."""
        shades = (pictures / 2 + 0.5 - self.image_mean) / self.image_std
        states: torch.Tensor = self.network(shades).last_hidden_state
        seen = states.mean(1) if states.ndim == 3 else states.mean((2, 3))
        answers: torch.Tensor = self.head(self.dropout(seen))
        return answers
