"""Preparation where what needs no label is extracted once and shared by all folds."""

import argparse
import pickle
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from workspace_templates.harness.files import replace_file, take
from workspace_templates.harness.sockets import extract, prepare


def extract_rows(
    options: argparse.Namespace, data_dir: Path, fitted: dict[str, Any]
) -> dict[str, Any]:
    """Extract, or cut this folder's rows out of what was extracted from the whole competition.

    With one thread, however many fit: sums of floats in another order give other last digits.
    """
    if options.extracted and options.extracted.exists() and not options.save:
        extracted: dict[str, Any] = pickle.loads(options.extracted.read_bytes())
        if options.rows:
            rows = np.load(options.rows)
            extracted = {name: take(values, rows) for name, values in extracted.items()}
        return extracted
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache_dir, threadpool_limits(1):
        return extract(data_dir, Path(cache_dir), fitted=fitted)


def prepare_outputs(
    options: argparse.Namespace, data_dir: Path, fitted: dict[str, Any]
) -> dict[str, Any]:
    """Prepare, or read what was prepared before; to save a pipeline is to learn it here."""
    if options.prepared and options.prepared.exists() and not (options.save or options.only):
        outputs: dict[str, Any] = pickle.loads(options.prepared.read_bytes())
        return outputs
    extracted = extract_rows(options, data_dir, fitted)
    if options.only == "extract":
        replace_file(options.extracted, lambda file: pickle.dump(extracted, file))
        return extracted
    if options.only == "encode":
        return extracted
    outputs = prepare(data_dir, extracted=extracted, fitted=fitted)
    if options.prepared:
        replace_file(options.prepared, lambda file: pickle.dump(outputs, file))
    return outputs
