"""Square pictures, varied while a network learns them."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from workspace_templates.recipes.rasters import pictures_of_shades
from workspace_templates.recipes.shades import in_eight_bits

GREY = 128
ROWS_AT_A_TIME = 500


def picture_pixels(files: pd.Series, side: int) -> np.ndarray:
    """Decode the first file of each row, shrunk to a square: (rows, side, side, 3), uint8.

    A file that is missing or no picture is grey.
    """
    shown = np.full((len(files), side, side, 3), GREY, dtype=np.uint8)
    broken = 0
    for row, file in enumerate(files):
        pixels = pixels_of_picture(file.partition("|")[0], side)
        broken += pixels is None
        if pixels is not None:
            shown[row] = pixels
    if broken:
        print(f"{broken} of {len(files)} pictures cannot be read and count as grey")
    return shown


def raster_pixels(shades: pd.DataFrame, side: int) -> np.ndarray:
    """Lay the shades of each row out as a square picture: (rows, side, side, colours), uint8."""
    pictures = pictures_of_shades(shades)
    if pictures.shape[1:3] == (side, side) or len(pictures) == 0:
        return pictures
    rows = []
    for part in torch.split(torch.tensor(pictures), ROWS_AT_A_TIME):
        there = part.permute(0, 3, 1, 2).float()
        square = functional.interpolate(there, (side, side), mode="area").round().byte()
        rows.append(square.permute(0, 2, 3, 1).numpy())
    return np.concatenate(rows)


def pixels_of_picture(file: str, side: int) -> np.ndarray | None:
    """The pixels of one picture, its sides pressed to a square; None where there is no picture."""
    try:
        with Image.open(file) as opened:
            opened.draft("RGB", (2 * side, 2 * side))
            small = in_eight_bits(opened).resize((side, side), Image.Resampling.BOX)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return np.asarray(small, dtype=np.uint8)


def plain_pictures(
    X: np.ndarray, device: torch.device | None = None
) -> Callable[[torch.Tensor], torch.Tensor]:
    """Make batches of pictures as they are: (rows, colours, side, side), -1 to 1.

    Only the rows of a batch are copied: all of them may fill much of the memory.
    """

    def batch(places: torch.Tensor) -> torch.Tensor:
        chosen = torch.from_numpy(X[places.cpu().numpy()])
        if device is not None:
            chosen = chosen.to(device)
        pictures: torch.Tensor = chosen.permute(0, 3, 1, 2).float() / 127.5 - 1.0
        return pictures

    return batch


def varied_pictures(
    X: np.ndarray, device: torch.device, mirror: bool = True
) -> Callable[[torch.Tensor], torch.Tensor]:
    """Make batches in which each picture is turned, zoomed, moved and lit by chance.

    With `mirror` half of them are mirrored, too; digits and letters are not.
    """
    plain = plain_pictures(X, device)

    def batch(places: torch.Tensor) -> torch.Tensor:
        pictures, rows = plain(places), len(places)
        moves = chance_moves(rows, mirror).to(device)
        grid = functional.affine_grid(moves, list(pictures.shape), False)
        moved = functional.grid_sample(pictures, grid, "bilinear", "reflection", False)
        light = torch.randn(rows, pictures.shape[1], 1, 1)
        contrast = torch.randn(rows, 1, 1, 1)
        lit: torch.Tensor = moved * (1.0 + 0.2 * contrast.to(device)) + 0.1 * light.to(device)
        return lit

    return batch


def chance_moves(rows: int, mirror: bool = True) -> torch.Tensor:
    """Draw where each picture's pixels come from: (rows, 2, 3) for `affine_grid`."""
    drawn = torch.rand(rows, 5)
    angle = (drawn[:, 0] - 0.5) * math.pi / 6
    reach = 0.75 + 0.35 * drawn[:, 1]  # share of the picture that is seen: below 1 enlarges
    flip = torch.where(drawn[:, 2] < 0.5, -1.0, 1.0) if mirror else torch.ones(rows)
    right, down = 0.2 * (drawn[:, 3:] - 0.5).T
    first = torch.stack([flip * reach * angle.cos(), -reach * angle.sin(), right], dim=1)
    second = torch.stack([flip * reach * angle.sin(), reach * angle.cos(), down], dim=1)
    return torch.stack([first, second], dim=1)


class Mirrored(nn.Module):
    """A network that also looks at the mirror image when it is not learning, and takes the mean."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Answer pictures (rows, 3, side, side)."""
        answers: torch.Tensor = self.network(pictures)
        if self.training:
            return answers
        mirrored: torch.Tensor = self.network(pictures.flip(3))
        return (answers + mirrored) / 2
