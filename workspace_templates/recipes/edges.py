"""Edges by place and direction: what shapes are made of."""

import numpy as np

EDGE_GRID = 4
DIRECTIONS = 8


def edge_shares(grey: np.ndarray) -> np.ndarray:
    """How strongly light changes in each direction in each cell of a grid.

    A plain form of histograms of gradients (Dalal and Triggs 2005): (rows, cells, cells,
    directions) for (rows, high, wide), as roots of shares of all change in the picture.
    """
    rows, high, wide = grey.shape
    down, right = np.gradient(grey, axis=(1, 2))
    turn = (np.arctan2(down, right) % np.pi) / np.pi * DIRECTIONS
    direction = np.rint(turn).astype(np.int64) % DIRECTIONS  # upright and level are middles
    across = np.arange(wide) * EDGE_GRID // wide
    cell = (np.arange(high) * EDGE_GRID // high)[:, None] * EDGE_GRID + across
    place = (np.arange(rows)[:, None, None] * EDGE_GRID**2 + cell) * DIRECTIONS + direction
    size = rows * EDGE_GRID**2 * DIRECTIONS
    sums = np.bincount(place.ravel(), np.hypot(down, right).ravel(), minlength=size)
    cells = sums.reshape(rows, EDGE_GRID, EDGE_GRID, DIRECTIONS)
    whole = cells.sum(axis=(1, 2, 3), keepdims=True) + 1e-6 * high * wide
    return np.asarray(np.sqrt(cells / whole))
