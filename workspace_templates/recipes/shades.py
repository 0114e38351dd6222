"""Pictures in 8 bits a channel, whatever a file holds."""

import numpy as np
from PIL import Image


def in_eight_bits(picture: Image.Image) -> Image.Image:
    """The picture in RGB; deeper grey is scaled to its brightest, where Pillow would cut it off."""
    if picture.mode[0] in "IF":
        shades = np.nan_to_num(np.asarray(picture, dtype="float64")).clip(0)
        scaled = shades * (255 / max(255.0, shades.max()))
        picture = Image.fromarray(scaled.astype(np.uint8))
    return picture.convert("RGB")
