"""Pictures as networks of the timm library see them, whose weights stay as they are or learn on."""

from pathlib import Path

import numpy as np
import pandas as pd
import timm
import torch
from torch import nn
from torch.nn import functional

from workspace_templates.networks.pretrained_pictures import embedded_pictures
from workspace_templates.networks.pretrained_speed import fast_precision


class TimmNetwork(nn.Module):
    """The network in a folder as timm writes it, without its layer on top.

    `width` numbers come out of it; it was trained on squares of `side` pixels.
    """

    mean: torch.Tensor
    spread: torch.Tensor

    def __init__(self, weights: Path) -> None:
        super().__init__()
        self.network = timm.create_model(f"local-dir:{weights}", pretrained=True, num_classes=0)
        said = timm.data.resolve_data_config(model=self.network)
        self.register_buffer("mean", torch.tensor(said["mean"])[:, None, None])
        self.register_buffer("spread", torch.tensor(said["std"])[:, None, None])
        self.side = int(said["input_size"][-1])
        with torch.no_grad():
            self.width = self.network.eval()(torch.zeros(1, 3, self.side, self.side)).shape[1]

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Describe pictures (rows, 3, height, width) from 0 to 1: (rows, `width`)."""
        size = (self.side, self.side)
        fitting = functional.interpolate(pictures, size, mode="bilinear", antialias=True)
        seen: torch.Tensor = self.network((fitting - self.mean) / self.spread)
        return seen


class TunedTimm(nn.Module):
    """A pretrained network of the timm library and one layer on top."""

    def __init__(self, weights: Path, outputs: int, dropout: float = 0.2) -> None:
        super().__init__()
        self.network = TimmNetwork(weights)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.network.width, outputs)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Answer pictures (rows, 3, side, side) from -1 to 1."""
        answers: torch.Tensor = self.head(self.dropout(self.network(pictures / 2 + 0.5)))
        return answers


def embed_pictures_timm(
    pictures: pd.Series, weights: Path, threads: int, mirror: bool = True
) -> np.ndarray:
    """Embed each row's pictures by the timm network at `weights`: float32, (rows, width)."""
    torch.set_num_threads(threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = TimmNetwork(weights).eval().to(device)

    def features(views: torch.Tensor) -> torch.Tensor:
        with fast_precision(device):
            found: torch.Tensor = network(views.to(device) / 255.0)
        return found.float()

    return embedded_pictures(pictures, network.side, features, mirror)


def embed_pictures_timm_unmirrored(pictures: pd.Series, weights: Path, threads: int) -> np.ndarray:
    """Embed each row's pictures as they are: mirrored, they would be others."""
    return embed_pictures_timm(pictures, weights, threads, mirror=False)
