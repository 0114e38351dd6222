"""Pictures as a pretrained network sees them: one row of numbers per row's pictures."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import nn
from torch.nn import functional
from transformers import AutoModel

from workspace_templates.networks.pretrained_speed import fast_precision
from workspace_templates.recipes.shades import in_eight_bits

NO_PICTURE = (128, 128, 128)
MIDDLE_SEEN = 0.875
LEAST_SEEN = 0.7


class PictureNetwork(nn.Module):
    """A network of the transformers library for pictures, without a layer on top.

    `width` numbers come out of it; it was trained on squares of `side` pixels.
    """

    mean: torch.Tensor
    spread: torch.Tensor

    def __init__(self, weights: Path) -> None:
        super().__init__()
        said: dict[str, Any] = json.loads((weights / "preprocessor_config.json").read_text("utf-8"))
        for name, key in (("mean", "image_mean"), ("spread", "image_std")):
            self.register_buffer(name, torch.tensor(said.get(key) or [0.5] * 3)[:, None, None])
        whole, found = AutoModel.from_pretrained(
            weights, local_files_only=True, output_loading_info=True
        )
        self.network = getattr(whole, "vision_model", whole).float()
        self.pools = not any("pool" in name for name in found["missing_keys"])
        self.side = stated_side(said, getattr(self.network.config, "image_size", None))
        with torch.no_grad():
            self.width = self.eval()(torch.zeros(1, 3, self.side, self.side)).shape[1]

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Describe pictures (rows, 3, height, width) from 0 to 1: (rows, `width`)."""
        size = (self.side, self.side)
        fitting = functional.interpolate(pictures, size, mode="bilinear", antialias=True)
        out = self.network(pixel_values=(fitting - self.mean) / self.spread)
        if self.pools and getattr(out, "pooler_output", None) is not None:
            return torch.flatten(out.pooler_output, 1)
        states: torch.Tensor = out.last_hidden_state
        return states.mean(1) if states.ndim == 3 else states.mean((2, 3))


def embed_pictures(
    pictures: pd.Series, weights: Path, threads: int, mirror: bool = True
) -> np.ndarray:
    """Embed each row's pictures by the network at `weights`: float32, (rows, width)."""
    torch.set_num_threads(threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = PictureNetwork(weights).eval().to(device)

    def features(views: torch.Tensor) -> torch.Tensor:
        with fast_precision(device):
            found: torch.Tensor = network(views.to(device) / 255.0)
        return found.float()

    return embedded_pictures(pictures, network.side, features, mirror)


def embed_pictures_unmirrored(pictures: pd.Series, weights: Path, threads: int) -> np.ndarray:
    """Embed each row's pictures as they are: mirrored, they would be others."""
    return embed_pictures(pictures, weights, threads, mirror=False)


def embedded_pictures(
    pictures: pd.Series,
    side: int,
    features: Callable[[torch.Tensor], torch.Tensor],
    mirror: bool = True,
) -> np.ndarray:
    """The mean features of a row's pictures and their mirror images; none count as a grey one.

    Each picture goes through the network alone, so that it does not depend on its neighbours.
    """
    rows = []
    with torch.inference_mode():
        for paths in pictures:
            seen = [read_picture(path, side) for path in str(paths).split("|")]
            views = [torch.stack([one, one.flip(2)] if mirror else [one]) for one in seen]
            found = [features(each).mean(0) for each in views]
            rows.append(torch.stack(found).mean(0).cpu().numpy())
    return np.stack(rows)


def read_picture(path: str, side: int) -> torch.Tensor:
    """A picture as (3, side, side) from 0 to 255; grey where the file is missing or broken."""
    try:
        with Image.open(path) as opened:
            opened.draft("RGB", (2 * side, 2 * side))
            whole = in_eight_bits(opened)
        picture = whole.resize((side, side), Image.Resampling.BICUBIC, box=middle_of(*whole.size))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        picture = Image.new("RGB", (side, side), NO_PICTURE)
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float()


def middle_of(width: int, height: int) -> tuple[float, float, float, float]:
    """The middle of a picture, as networks saw it in training; more of a long one's length."""
    near = MIDDLE_SEEN * min(width, height)
    across, down = max(near, LEAST_SEEN * width), max(near, LEAST_SEEN * height)
    return (
        (width - across) / 2,
        (height - down) / 2,
        (width + across) / 2,
        (height + down) / 2,
    )


def stated_side(said: dict[str, Any], built_for: Any = None) -> int:
    """The width in pixels that a checkpoint asks for, or else that its network is built for."""
    size = said.get("crop_size") or said.get("size") or built_for or 224
    if isinstance(size, dict):
        size = size.get("height") or size.get("shortest_edge") or built_for or 224
    return int(max(size) if isinstance(size, list | tuple) else size)
