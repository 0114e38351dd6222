"""A small residual tower for what lies on a grid."""

from collections.abc import Sequence

import torch
from torch import nn


class ResidualBlock(nn.Module):
    """Two convolutions beside a shortcut; halves both sides of the grid (He et al. 2016)."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False)
        self.second = nn.Conv2d(after, after, 3, padding=1, bias=False)
        self.first_norm, self.second_norm = nn.BatchNorm2d(after), nn.BatchNorm2d(after)
        self.shortcut = nn.Sequential(
            nn.AvgPool2d(2, ceil_mode=True), nn.Conv2d(before, after, 1, bias=False)
        )
        nn.init.zeros_(self.second_norm.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(rows, before, high, wide) become (rows, after, high / 2, wide / 2)."""
        found = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(self.second_norm(self.second(found)) + self.shortcut(x))


class ResidualTower(nn.Module):
    """Numbers that tell a grid: mean and maximum of each channel after all blocks.

    One block per width. Gives (rows, size) for (rows, channels, high, wide).
    """

    def __init__(self, channels: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.size = 2 * widths[-1]
        self.stem = nn.Sequential(
            nn.Conv2d(channels, widths[0], 3, padding=1, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(),
        )
        steps = zip([widths[0], *widths], widths, strict=False)
        self.blocks = nn.Sequential(*(ResidualBlock(before, after) for before, after in steps))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Look at grids; each answer is a row of its own."""
        found = self.blocks(self.stem(x))
        return torch.cat([found.mean(dim=(2, 3)), found.amax(dim=(2, 3))], dim=1)
