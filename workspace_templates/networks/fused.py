"""Several inputs of a row in one network: a medium's tower beside one for numbers, or two texts."""

from collections.abc import Callable

import pandas as pd
import torch
from torch import nn

Batches = Callable[[torch.Tensor], torch.Tensor]


class FusedNetwork(nn.Module):
    """What a medium's tower sees and what a row's numbers say, weighed together in the last layer.

    `tower` gives (rows, size); numbers go through two layers and are dropped as often.
    """

    def __init__(
        self, tower: nn.Module, size: int, numbers: int, outputs: int, width: int = 128
    ) -> None:
        super().__init__()
        self.tower = tower
        self.table = nn.Sequential(
            nn.Dropout(0.1),
            nn.Linear(numbers, width),
            nn.SiLU(),
            nn.Dropout(0.3),
            nn.Linear(width, width),
            nn.SiLU(),
        )
        self.head = nn.Sequential(nn.Dropout(0.4), nn.Linear(size + width, outputs))

    def forward(self, media: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
        """Answer rows."""
        both = torch.cat([self.tower(media), self.table(numbers)], dim=1)
        answers: torch.Tensor = self.head(both)
        return answers


def table_numbers(design: pd.DataFrame, device: torch.device | None = None) -> torch.Tensor:
    """Scaled columns as a tensor, cut at ±5: (rows, columns)."""
    return torch.tensor(design.to_numpy("float32"), device=device).clamp(-5.0, 5.0)


def beside_numbers(
    batches: Batches, numbers: torch.Tensor
) -> Callable[[torch.Tensor], tuple[torch.Tensor, torch.Tensor]]:
    """Make batches of a medium with the numbers of the same rows."""

    def batch(places: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return batches(places), numbers[places.to(numbers.device)]

    return batch


class PairTower(nn.Module):
    """Two texts read by one tower: both, how far apart they are, and what they share.

    Conneau et al. 2017. Gives (rows, 4 size) for codes (rows, 2, places).
    """

    def __init__(self, tower: nn.Module, size: int) -> None:
        super().__init__()
        self.tower, self.size = tower, 4 * size

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Read each text of a row and compare."""
        first, second = self.tower(codes[:, 0]), self.tower(codes[:, 1])
        return torch.cat([first, second, (first - second).abs(), first * second], dim=1)
