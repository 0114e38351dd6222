"""Verb `vary_prepared`: what prep gave once more, with fewer training rows and shuffled columns.

A pipeline that is given these outputs fits as in a fold and predicts, in one run, the fold's rows,
some rows that it learned from, and the fold's rows once more for each column that is shuffled. It
unpickles what generated code made, so it runs guarded, in a process of its own.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from .errors import DataError
from .predictions import load_array, required

Rows = npt.NDArray[np.int64]
MOST_ROWS = 1500
MOST_COLUMNS = 40


def vary_prepared(params: dict[str, Any]) -> dict[str, Any]:
    """Write one pickle per share of the training rows, the whole last; a plain `Varied`.

    Params: `prepared` (.pkl), `out` (a folder), `view`, `shares`, `seed`, `rows`, `fold_rows` and
    `valid` (.npy), `train_rows`.
    """
    outputs = pickle.loads(Path(required(params, "prepared")).read_bytes())
    view, out = str(required(params, "view")), Path(required(params, "out"))
    for name in (f"{view}_train", f"{view}_test", "target"):
        if name not in outputs:
            raise DataError(f"prep gives no {name!r}")
    rng = np.random.default_rng(int(params.get("seed", 0)))
    valid = load_array(required(params, "valid")).astype(np.int64)
    learned = load_array(required(params, "rows"))[: int(required(params, "train_rows"))]
    fold = load_array(required(params, "fold_rows")).astype(np.int64)
    asked = np.sort(rng.permutation(len(fold))[:MOST_ROWS])
    order = rng.permutation(len(learned))
    shares = [float(share) for share in required(params, "shares")]
    columns = told_apart(outputs[f"{view}_train"], np.asarray(outputs["target"]))
    np.save(out / "asked.npy", fold[asked])
    fits = []
    for number, share in enumerate(shares):
        kept = np.sort(order[: max(2, int(len(order) * share))])
        again = np.sort(rng.permutation(kept)[:MOST_ROWS])
        shuffled = columns if number == len(shares) - 1 else []
        test = stacked(outputs, view, asked, again, shuffled, rng)
        varied = {name: value for name, value in outputs.items() if not name.endswith("_test")}
        varied = {name: take(value, kept) for name, value in varied.items()}
        (out / f"prepared-{number}.pkl").write_bytes(pickle.dumps(varied | {f"{view}_test": test}))
        np.save(out / f"valid-{number}.npy", np.flatnonzero(np.isin(kept, valid)))
        np.save(out / f"learned-{number}.npy", learned[again])
        fits.append(
            {
                "prepared": str(out / f"prepared-{number}.pkl"),
                "valid": str(out / f"valid-{number}.npy"),
                "learned": str(out / f"learned-{number}.npy"),
                "rows": len(kept),
            }
        )
    return {"asked": str(out / "asked.npy"), "fits": fits, "columns": columns}


def take(values: Any, rows: Rows) -> Any:
    """Rows of a frame, an array, a sparse table or a list."""
    if isinstance(values, (pd.DataFrame, pd.Series)):
        return values.iloc[rows]
    if isinstance(values, list):
        return [values[row] for row in rows]
    return values[rows]


def stacked(
    outputs: dict[str, Any], view: str, asked: Rows, again: Rows, columns: list[str], rng: Any
) -> Any:
    """The fold's rows, rows to learn from, then the fold's rows with one column shuffled each."""
    rows = take(outputs[f"{view}_test"], asked)
    parts = [rows, take(outputs[f"{view}_train"], again)]
    for column in columns:
        shuffled = rows.copy()
        place = shuffled.columns.get_loc(column)
        shuffled.isetitem(place, rows[column].iloc[rng.permutation(len(rows))].array)
        parts.append(shuffled)
    if isinstance(rows, pd.DataFrame):
        return pd.concat(parts, ignore_index=True)
    if sparse.issparse(rows):
        return sparse.vstack(parts).asformat(rows.format)
    if isinstance(rows, np.ndarray):
        return np.concatenate(parts)
    raise DataError(f"rows of a {type(rows).__name__} cannot be chosen")


def told_apart(train: Any, target: npt.NDArray[Any]) -> list[str]:
    """Columns to shuffle: all, or where there are many those that go with the target most."""
    if not isinstance(train, pd.DataFrame) or not train.columns.is_unique:
        return []
    names = [column for column in train.columns if isinstance(column, str)]
    if len(names) <= MOST_COLUMNS:
        return names
    answer = pd.Series(target.reshape(len(target), -1)[:, 0]).rank().to_numpy()
    strength = {name: _strength(train[name], answer) for name in names}
    chosen = set(sorted(names, key=lambda name: -strength[name])[:MOST_COLUMNS])
    return [name for name in names if name in chosen]


def _strength(values: pd.Series[Any], answer: npt.NDArray[Any]) -> float:
    """The rank correlation of a column, its categories as codes, with the target."""
    numbers = (
        values if pd.api.types.is_numeric_dtype(values) else pd.Series(pd.factorize(values)[0])
    )
    ranks = numbers.rank().fillna(0.0).to_numpy(dtype=np.float64)
    if ranks.std() == 0 or answer.std() == 0:
        return 0.0
    return abs(float(np.corrcoef(ranks, answer)[0, 1]))
