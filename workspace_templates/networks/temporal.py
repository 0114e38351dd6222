"""Networks for rows in time: a tower that reads what was before beside the columns of a row."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional

from workspace_templates.networks.tables import BagLinear, TableEncoder, TableNetwork


class WindowEncoder:
    """What training windows tell of each thing they follow: its centre, and one over its spread.

    A window is a row of `steps` moments, a power of two, the oldest first, each with the same
    things in order.
    """

    def __init__(self, windows: pd.DataFrame, steps: int) -> None:
        self.steps, self.channels = steps, windows.shape[1] // steps + 1
        values = windows.to_numpy("float64").reshape(len(windows) * steps, -1)
        known = np.isfinite(values)
        count = known.sum(axis=0).clip(1)
        self.centres = np.where(known, values, 0.0).sum(axis=0) / count
        away = np.where(known, values - self.centres, 0.0)
        spreads = np.sqrt((away**2).sum(axis=0) / count)
        self.scales = 1 / np.where(spreads > 0, spreads, 1.0)

    def tensor(self, windows: pd.DataFrame, device: torch.device) -> torch.Tensor:
        """Scaled things bent towards ±3, beside a flag for gaps: (rows, steps, channels)."""
        values = windows.to_numpy("float64").reshape(len(windows), self.steps, self.channels - 1)
        scaled = (values - self.centres) * self.scales
        gaps = np.isnan(values).all(axis=2, keepdims=True)
        told = np.nan_to_num(scaled / np.sqrt(1 + (scaled / 3) ** 2))
        return torch.from_numpy(np.concatenate([told, gaps], axis=2).astype("float32")).to(device)


class TemporalTower(nn.Module):
    """Reads windows from their beginning to their end, a tower for each member.

    Each layer joins neighbours in pairs and keeps the later of them as a shortcut, until one place
    has seen all: causal convolutions of growing reach (van den Oord et al. 2016), computed only
    where the last place looks. Gives (members, rows, width) for (rows, steps, channels).
    """

    def __init__(self, members: int, steps: int, channels: int, width: int, dropout: float) -> None:
        super().__init__()
        self.first = BagLinear(members, channels, width)
        layers = range(int(math.log2(steps)))
        self.pairs = nn.ModuleList(BagLinear(members, 2 * width, width) for _ in layers)
        self.dropout = nn.Dropout(dropout)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """See each window as its last moment does."""
        members = len(self.first.weight)
        x = functional.silu(self.first(windows.flatten(0, 1).expand(members, -1, -1)))
        for pair in self.pairs:
            both = x.reshape(members, x.shape[1] // 2, -1)
            x = x[:, 1::2] + self.dropout(functional.silu(pair(both)))
        return x


class TemporalNetwork(TableNetwork):
    """A bag of towers on the columns of a row and on what a reader `reader` wide saw before it."""

    def __init__(
        self,
        encoder: TableEncoder,
        window: WindowEncoder,
        outputs: int,
        activation: Callable[[torch.Tensor], torch.Tensor],
        *,
        reader: int,
        **sizes: Any,
    ) -> None:
        super().__init__(encoder, outputs, activation, BagLinear, beside=reader, **sizes)
        members, dropout = sizes["members"], sizes["dropout"]
        self.reader = TemporalTower(members, window.steps, window.channels, reader, dropout)

    def joined(self, *inputs: torch.Tensor) -> torch.Tensor:
        """All inputs of the towers side by side, the window's last: (members, rows, inputs)."""
        *columns, windows = inputs
        return torch.cat([super().joined(*columns), self.reader(windows)], dim=2)
