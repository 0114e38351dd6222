"""Pictures that become other pictures: tiles to learn from, and a small U-Net."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional

from workspace_templates.networks.whole_pictures import whole_pictures


def picture_tiles(
    X: pd.DataFrame, y: np.ndarray, side: int, count: int, seed: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cut so many squares out of pictures and their answers, larger pictures more often.

    Gives shades (count, 1, side, side) and answers (count, side, side); beyond the edge of a small
    picture its shades go on and answers are nan.
    """
    rng, pictures = np.random.default_rng(seed), whole_pictures(X)
    sizes = np.array([shades.size for _, shades in pictures])
    shown = np.empty((count, 1, side, side), dtype=np.float32)
    wanted = np.full((count, side, side), np.nan, dtype=np.float32)
    for tile, chosen in enumerate(rng.choice(len(pictures), count, p=sizes / sizes.sum())):
        start, shades = pictures[chosen]
        answers = y[start : start + shades.size].reshape(shades.shape)
        top, left = (int(rng.integers(max(1, length - side + 1))) for length in shades.shape)
        cut = shades[top : top + side, left : left + side]
        high, wide = cut.shape
        shown[tile, 0] = np.pad(cut, ((0, side - high), (0, side - wide)), mode="edge")
        wanted[tile, :high, :wide] = answers[top : top + side, left : left + side]
    return torch.from_numpy(shown), torch.from_numpy(wanted)


def known_squared_error(outputs: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """The mean squared error where the answer is known."""
    known = wanted.isfinite()
    return functional.mse_loss(outputs[known], wanted[known])


def side_of_tiles(X: pd.DataFrame, most: int, scale: int) -> int:
    """The side of a square that holds whole pictures, a multiple of `scale`; at most `most`."""
    longest = int(max(X["row"].max(), X["column"].max())) + 1
    return min(most, -(-longest // scale) * scale)


def mirrored_half(
    shown: torch.Tensor, wanted: torch.Tensor, seed: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Turn about half of the tiles and their answers left to right."""
    turned = np.flatnonzero(np.random.default_rng(seed).random(len(shown)) < 0.5)
    shown[turned], wanted[turned] = shown[turned].flip(-1), wanted[turned].flip(-1)
    return shown, wanted


def mask_error(outputs: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Log loss of each pixel, and one minus the Dice coefficient of all: where masks are known."""
    known = wanted.isfinite()
    odds, truth = outputs[known], wanted[known]
    chance = odds.sigmoid()
    overlap = (2 * (chance * truth).sum() + 1) / (chance.sum() + truth.sum() + 1)
    return functional.binary_cross_entropy_with_logits(odds, truth) + 1 - overlap


class UNet(nn.Module):
    """Down to coarse grids and up again, each step beside what was seen at its scale.

    Ronneberger et al. 2015. Gives (rows, high, wide) for shades (rows, 1, high, wide) of any size.
    """

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        self.scale = 2 ** (len(widths) - 1)
        inner = list(pairwise(widths))
        self.first = TwoConvolutions(1, widths[0])
        self.down = nn.ModuleList(TwoConvolutions(fine, coarse) for fine, coarse in inner)
        self.up = nn.ModuleList(
            TwoConvolutions(fine + coarse, fine) for fine, coarse in reversed(inner)
        )
        self.last = nn.Conv2d(widths[0] + 1, 1, 1)

    def forward(self, shades: torch.Tensor) -> torch.Tensor:
        """Answer each pixel."""
        high, wide = shades.shape[2:]
        beyond = (0, -wide % self.scale, 0, -high % self.scale)
        framed = functional.pad(shades, beyond, mode="replicate")
        seen = [self.first(framed)]
        for down in self.down:
            seen.append(down(functional.max_pool2d(seen[-1], 2)))
        found = seen.pop()
        for up in self.up:
            found = up(torch.cat([seen.pop(), functional.interpolate(found, scale_factor=2.0)], 1))
        answers: torch.Tensor = self.last(torch.cat([found, framed], dim=1))
        return answers[:, 0, :high, :wide]


class TwoConvolutions(nn.Sequential):
    """Two 3x3 convolutions, each normed and cut at zero."""

    def __init__(self, before: int, after: int) -> None:
        layers: list[nn.Module] = []
        for channels in (before, after):
            layers += [nn.Conv2d(channels, after, 3, padding=1, bias=False), nn.BatchNorm2d(after)]
            layers.append(nn.ReLU())
        super().__init__(*layers)
