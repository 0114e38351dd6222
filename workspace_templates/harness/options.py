"""The command line of a pipeline."""

import argparse
from pathlib import Path

from workspace_templates.harness.sockets import THREADS

PARTS = ["extract", "encode", "prepare"]


def parse_options() -> argparse.Namespace:
    """Read the command line; a flag that is not given is None."""
    parser = argparse.ArgumentParser(description=__doc__)
    flags = {
        "data-dir": "the competition folder",
        "out": "the submission to write",
        "save": "keep the fitted pipeline in this folder",
        "load": "predict with the pipeline kept in this folder, without training",
        "raw": "write raw predictions (.npy) and no submission",
        "extracted": "what extract() gave (.pkl)",
        "rows": "the rows of it that this folder holds (.npy)",
        "prepared": "what prepare() gave (.pkl): read if it exists, else written",
        "valid": "training rows kept aside for early stopping (.npy)",
        "report": "write rounds, seconds and versions (.json)",
        "checkpoints": "keep half-trained models in this folder, and go on from there",
    }
    for flag, meaning in flags.items():
        parser.add_argument(f"--{flag}", type=Path, help=meaning, required=flag == "data-dir")
    parser.add_argument("--encoded", action="append", default=[], help="MEMBER=FILE of encode()")
    parser.add_argument("--only", choices=PARTS, help="stop after this part")
    parser.add_argument("--seed", type=int, help="one seed instead of the pipeline's own")
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--time-limit", type=float, help="seconds for fitting, if models ask")
    return parser.parse_args()
