"""A file of measurements or a document for each row, summed up as numbers of one width."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember

MOST_FIELDS = 40
FIELD_SHARE = 0.05
SHOWN_KINDS = 6
LONGEST_KIND = 40
SPECTRUM_PARTS = 4

Record = dict[str, list[Any]]


def record_statistics(
    paths: Sequence[Path], fitted: dict[str, Any], name: str = "record"
) -> pd.DataFrame:
    """Sum up each file's columns or fields: amounts, their course in time, kinds and counts.

    Tables, arrays of numpy and JSON documents are read; a file that is missing or broken is a row
    of gaps. Fields that few files have are left out.
    """
    records = [read_record(path) for path in paths]
    fields = remember(fitted, f"fields of {name}", partial(common_fields, records))
    rows = [describe_record(record, fields) if record else {} for record in records]
    found = pd.DataFrame(rows, index=range(len(rows))).astype("float64")
    return found.replace([np.inf, -np.inf], np.nan).add_prefix(f"{name}_")


def read_record(path: Path) -> Record:
    """Read the columns or fields of one file; nothing where it cannot be read."""
    try:
        if path.suffix.lower() == ".json":
            return fields_of(json.loads(path.read_bytes().decode("utf-8-sig")))
        if path.suffix.lower() == ".npy":
            return columns_of(np.load(path, allow_pickle=False))
        if path.suffix.lower() == ".npz":
            arrays = np.load(path, allow_pickle=False)
            parts = {key: columns_of(arrays[key]) for key in arrays.files}
            return {f"{key}.{k}": v for key, part in parts.items() for k, v in part.items()}
        return read_columns(path)
    except (OSError, ValueError, KeyError, EOFError):
        return {}


def read_columns(path: Path) -> Record:
    """Read the columns of a table; without a header they are numbered."""
    if path.suffix.lower() == ".parquet":
        table = pd.read_parquet(path)
    else:
        separator = "\t" if path.suffix.lower() == ".tsv" else ","
        table = pd.read_csv(path, sep=separator)
        if table.shape[1] == 1:
            table = pd.read_csv(path, sep=r"[,;\s]+", engine="python")
        if pd.to_numeric(pd.Series(table.columns), errors="coerce").notna().all():
            return columns_of(np.vstack([np.asarray(table.columns, float), table.to_numpy(float)]))
    return {str(column): table[column].tolist() for column in table}


def columns_of(array: np.ndarray) -> Record:
    """Part an array into numbered columns: its longest side is the course in time."""
    flat = np.atleast_2d(array.reshape(array.shape[0], -1) if array.ndim > 1 else array)
    columns = flat if flat.shape[0] <= flat.shape[1] else flat.T
    if len(columns) > MOST_FIELDS:
        columns = columns.reshape(1, -1)
    return {str(place): column.tolist() for place, column in enumerate(columns)}


def fields_of(document: Any) -> Record:
    """Collect what a document holds under each dotted name; items of lists share theirs."""
    found: Record = defaultdict(list)
    waiting = [("", document)]
    while waiting:
        name, value = waiting.pop(0)
        if isinstance(value, dict):
            waiting += [(f"{name}.{key}".strip("."), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            found[f"{name}.items".strip(".")].append(len(value))
            waiting += [(name, inner) for inner in value]
        elif value is not None:
            found[name or "value"].append(value)
    return dict(found)


def common_fields(records: Sequence[Record]) -> dict[str, list[str] | None]:
    """Choose the fields that enough files have: None for amounts, else the commonest kinds."""
    shown = Counter(name for record in records for name in record)
    enough = max(1, FIELD_SHARE * sum(map(bool, records)))
    names = sorted((name for name, n in shown.items() if n >= enough), key=lambda n: (-shown[n], n))
    fields: dict[str, list[str] | None] = {}
    for name in names[:MOST_FIELDS]:
        values = [value for record in records for value in record.get(name, ())]
        if np.isfinite(amounts_of(values)).mean() > 0.5:
            fields[name] = None
        else:
            kinds = Counter(str(v) for v in values if len(str(v)) <= LONGEST_KIND)
            fields[name] = [kind for kind, _ in kinds.most_common(SHOWN_KINDS)]
    return fields


def amounts_of(values: Sequence[Any]) -> np.ndarray:
    """Read values as numbers; whatever is none is missing."""
    return pd.to_numeric(pd.Series(list(values), dtype=object), errors="coerce").to_numpy(float)


def describe_record(record: Record, fields: dict[str, list[str] | None]) -> dict[str, float]:
    """One row of `record_statistics`."""
    row = {"length": float(max(map(len, record.values()), default=0))}
    for name, kinds in fields.items():
        values = record.get(name, [])
        if kinds is None:
            numbers = amounts_of(values)
            told = describe_course(numbers[np.isfinite(numbers)])
            row |= {f"{name}_{key}": value for key, value in told.items()}
        else:
            texts = [str(value) for value in values]
            row[f"{name}_kinds"] = float(len(set(texts)))
            row |= {f"{name}_is_{k}": texts.count(k) / max(1, len(texts)) for k in kinds}
    return row


def describe_course(numbers: np.ndarray) -> dict[str, float]:
    """Say how large numbers are, and how they go on from one to the next."""
    if not len(numbers):
        return {}
    row = {"mean": float(numbers.mean()), "count": float(len(numbers))}
    if len(numbers) < 2:
        return row
    steps, spread = np.diff(numbers), float(numbers.std())
    low, middle, high = np.quantile(numbers, (0.1, 0.5, 0.9)).tolist()
    row |= {"spread": spread, "least": float(numbers.min()), "most": float(numbers.max())}
    row |= {"low": low, "middle": middle, "high": high}
    row |= {"first": float(numbers[0]), "last": float(numbers[-1])}
    row |= {"rise": float(steps.mean()), "roughness": float(np.abs(steps).mean())}
    row["memory"] = memory_of(numbers - numbers.mean())
    if len(numbers) >= 4 * SPECTRUM_PARTS:
        row |= {f"band_{k}": share for k, share in enumerate(band_shares(numbers))}
    return row


def memory_of(centred: np.ndarray) -> float:
    """Correlate numbers with those before them (autocorrelation at lag one)."""
    power = float((centred**2).sum())
    return float((centred[1:] * centred[:-1]).sum() / power) if power > 0 else 0.0


def band_shares(numbers: np.ndarray) -> list[float]:
    """Share the power of the spectrum among bands, slow changes first."""
    power = np.abs(np.fft.rfft(numbers - numbers.mean()))[1:] ** 2
    edges = np.geomspace(1, len(power) + 1, SPECTRUM_PARTS + 1).astype(int) - 1
    whole = float(power.sum()) or 1.0
    return [float(power[a:b].sum()) / whole for a, b in pairwise(edges)]
