"""Answers that are masks: yes or no for each pixel in, the run lengths of a picture out."""

import numpy as np

from workspace_templates.submissions.sockets import (
    FIRST_PIXEL,
    LEAST_PIXELS,
    NO_MASK,
    RUNS_DOWN,
)


def mask_cell(mask: np.ndarray) -> str:
    """List start and length of each run; a mask of fewer than `LEAST_PIXELS` is none."""
    if mask.sum() < max(1, LEAST_PIXELS):
        return NO_MASK
    flat = np.ravel(mask.T if RUNS_DOWN else mask).astype("int8")
    edges = np.flatnonzero(np.diff(flat, prepend=0, append=0))
    starts, ends = edges[::2], edges[1::2]
    pairs = np.column_stack([starts + FIRST_PIXEL, ends - starts])
    return " ".join(map(str, pairs.ravel().tolist()))
