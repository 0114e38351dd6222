"""What models make of each row before they learn: label-free, once for all rows."""

import argparse
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from workspace_templates.harness.files import replace_file, take

HALVES = ("train", "test")


@dataclass(frozen=True)
class Encoding:
    """One `encode` with the view that it reads."""

    encode: Callable[[Any], Any]
    view: str


def add_encoded(
    encodings: dict[str, Encoding], outputs: dict[str, Any], options: argparse.Namespace
) -> None:
    """Put encoded rows beside the views; with --only encode, those of all rows go into files."""
    stored = {name: Path(file) for name, _, file in (one.partition("=") for one in options.encoded)}
    for name, encoding in encodings.items():
        if options.only == "encode":
            keep_encoded(stored[name], encoded(encoding, outputs[encoding.view]))
        elif not options.only and name in stored and stored[name].exists():
            rows = read_encoded(stored[name])
            rows = take(rows, np.load(options.rows)) if options.rows else rows
            n_train, n_test = (n_rows(outputs[f"{encoding.view}_{half}"]) for half in HALVES)
            if n_rows(rows) != n_train + n_test:
                raise ValueError(f"{n_rows(rows)} rows are encoded, prepare gives others")
            outputs[f"encoded_{name}_train"] = rows[:n_train]
            outputs[f"encoded_{name}_test"] = rows[n_train:]
        elif not options.only:
            for half in HALVES[1:] if options.load else HALVES:
                rows = encoded(encoding, outputs[f"{encoding.view}_{half}"])
                outputs[f"encoded_{name}_{half}"] = rows


def encoded(encoding: Encoding, rows: Any) -> Any:
    """Encode with one thread, however many fit: other threads would give other last digits."""
    with threadpool_limits(1):
        values = encoding.encode(rows)
    if n_rows(values) != n_rows(rows):
        raise ValueError(f"encode gave {n_rows(values)} entries for {n_rows(rows)} rows")
    return values


def n_rows(values: Any) -> int:
    """Count rows."""
    return int(values.shape[0]) if hasattr(values, "shape") else len(values)


def keep_encoded(path: Path, values: Any) -> None:
    """Write encoded rows: an array as it is, so that a fold need not read all of it."""
    if isinstance(values, np.ndarray) and not values.dtype.hasobject:
        replace_file(path, lambda file: np.save(file, values, allow_pickle=False))
    else:
        replace_file(path, lambda file: pickle.dump(values, file))


def read_encoded(path: Path) -> Any:
    """Read what `keep_encoded` wrote; an array stays on disk until its rows are taken."""
    with path.open("rb") as file:
        is_array = file.read(len(np.lib.format.MAGIC_PREFIX)) == np.lib.format.MAGIC_PREFIX
    return np.load(path, mmap_mode="r") if is_array else pickle.loads(path.read_bytes())
