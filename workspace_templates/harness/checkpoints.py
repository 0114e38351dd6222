"""Where a fit that was cut off goes on."""

import argparse
from pathlib import Path


def checkpoint_of(options: argparse.Namespace, name: str, seed: int) -> Path | None:
    """Name the file that one fit keeps its state in; None without --checkpoints."""
    if options.checkpoints is None:
        return None
    options.checkpoints.mkdir(parents=True, exist_ok=True)
    return Path(options.checkpoints) / f"{name}-{seed}.pt"
