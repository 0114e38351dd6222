"""Preparation where nothing is extracted."""

import argparse
import pickle
from pathlib import Path
from typing import Any

from workspace_templates.harness.files import replace_file
from workspace_templates.harness.sockets import prepare


def prepare_outputs(
    options: argparse.Namespace, data_dir: Path, fitted: dict[str, Any]
) -> dict[str, Any]:
    """Prepare, or read what was prepared before; to save a pipeline is to learn it here."""
    if options.prepared and options.prepared.exists() and not (options.save or options.only):
        outputs: dict[str, Any] = pickle.loads(options.prepared.read_bytes())
        return outputs
    outputs = prepare(data_dir, fitted=fitted)
    if options.prepared:
        replace_file(options.prepared, lambda file: pickle.dump(outputs, file))
    return outputs
