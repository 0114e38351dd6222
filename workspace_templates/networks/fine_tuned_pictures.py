"""Pretrained networks for pictures that go on learning: pixels in, a layer on top."""

from pathlib import Path

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch import nn

from workspace_templates.networks.pretrained_pictures import PictureNetwork


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

    def __init__(self, weights: Path, outputs: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.network = PictureNetwork(weights)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.network.width, outputs)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Answer pictures (rows, 3, side, side) from -1 to 1."""
        answers: torch.Tensor = self.head(self.dropout(self.network(pictures / 2 + 0.5)))
        return answers
