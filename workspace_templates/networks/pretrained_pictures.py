"""Pictures as a pretrained network sees them: one row of numbers per row's pictures."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from PIL import Image
from transformers import AutoModel

from workspace_templates.networks.pretrained_speed import fast_precision
from workspace_templates.recipes.shades import in_eight_bits

NO_PICTURE = (128, 128, 128)
MIDDLE_SEEN = 0.875
LEAST_SEEN = 0.7


def embed_pictures(pictures: pd.Series, weights: Path, threads: int) -> np.ndarray:
    """Embed each row's pictures by the network at `weights`: float32, (rows, width)."""
    torch.set_num_threads(threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = AutoModel.from_pretrained(weights, local_files_only=True).float().eval().to(device)
    said: dict[str, Any] = json.loads((weights / "preprocessor_config.json").read_text("utf-8"))
    mean, spread = (
        torch.tensor(said.get(key) or [0.5] * 3, device=device)[:, None, None]
        for key in ("image_mean", "image_std")
    )

    def features(views: torch.Tensor) -> torch.Tensor:
        with fast_precision(device):
            out = network((views.to(device) / 255.0 - mean) / spread)
        if getattr(out, "pooler_output", None) is not None:
            return torch.flatten(out.pooler_output, 1).float()
        states: torch.Tensor = out.last_hidden_state.float()
        return states.mean(1) if states.ndim == 3 else states.mean((2, 3))

    return embedded_pictures(pictures, stated_side(said), features)


def embedded_pictures(
    pictures: pd.Series, side: int, features: Callable[[torch.Tensor], torch.Tensor]
) -> np.ndarray:
    """The mean features of a row's pictures and their mirror images; none count as a grey one.

    Each picture goes through the network alone, so that it does not depend on its neighbours.
    """
    rows = []
    with torch.inference_mode():
        for paths in pictures:
            seen = [read_picture(path, side) for path in str(paths).split("|")]
            found = [features(torch.stack([one, one.flip(2)])).mean(0) for one in seen]
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


def stated_side(said: dict[str, Any]) -> int:
    """The width in pixels that a checkpoint's settings ask for."""
    size = said.get("crop_size") or said.get("size") or 224
    if isinstance(size, dict):
        size = size.get("height") or size.get("shortest_edge") or 224
    return int(size)
