"""What lies around each pixel of a picture, near and far, as a row of numbers."""

import numpy as np
from scipy import ndimage

NEAR = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Widths of the blurs through which a pixel's surroundings are seen, in pixels."""


def surroundings(shades: np.ndarray) -> np.ndarray:
    """Describe each pixel: shade, rank, place, and texture and edges at each width.

    Gives (pixels, features). The spread around a blur tells smooth regions from layered ones.
    """
    high, broad = shades.shape
    row, column = np.indices((high, broad), dtype="float32")
    order = shades.ravel().argsort(kind="stable").argsort(kind="stable").reshape(high, broad)
    told = [shades, (row + 0.5) / high, (column + 0.5) / broad, order / max(1, order.size - 1)]
    for width in NEAR:
        blurred = ndimage.gaussian_filter(shades, width, mode="nearest")
        square = ndimage.gaussian_filter(shades**2, width, mode="nearest")
        told += [
            blurred,
            np.sqrt(np.maximum(square - blurred**2, 0.0)),
            ndimage.gaussian_gradient_magnitude(shades, width, mode="nearest"),
            ndimage.gaussian_laplace(shades, width, mode="nearest"),
            ndimage.sobel(blurred, axis=0, mode="nearest"),
            ndimage.sobel(blurred, axis=1, mode="nearest"),
        ]
    told += [
        np.broadcast_to(shades.mean(axis=1, keepdims=True), shades.shape),
        np.broadcast_to(shades.mean(axis=0, keepdims=True), shades.shape),
        np.full_like(shades, shades.mean()),
        np.full_like(shades, shades.std()),
    ]
    return np.stack(told, axis=-1).reshape(high * broad, -1).astype("float32")
