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

    Params: `prepared` (.pkl), `out` (a folder), `view`, `others` (views beside it), `shares`,
    `seed`, `rows`, `fold_rows` and `valid` (.npy), `train_rows`, and `encoded`: whether the rows of
    the view are encoded apart. Then none is shuffled; `chosen` says for each row which one it is.
    """
    outputs = pickle.loads(Path(required(params, "prepared")).read_bytes())
    view, out = str(required(params, "view")), Path(required(params, "out"))
    views = (view, *params.get("others", ()))
    for name in (*(f"{one}_{half}" for one in views for half in ("train", "test")), "target"):
        if name not in outputs:
            raise DataError(f"prep gives no {name!r}")
    rng = np.random.default_rng(int(params.get("seed", 0)))
    valid = load_array(required(params, "valid")).astype(np.int64)
    learned = load_array(required(params, "rows"))[: int(required(params, "train_rows"))]
    fold = load_array(required(params, "fold_rows")).astype(np.int64)
    asked = np.sort(rng.permutation(len(fold))[:MOST_ROWS])
    order = rng.permutation(len(learned))
    shares = [float(share) for share in required(params, "shares")]
    target = np.asarray(outputs["target"])
    columns = [] if params.get("encoded") else told_apart(outputs[f"{view}_train"], target)
    np.save(out / "asked.npy", fold[asked])
    fits = []
    for number, share in enumerate(shares):
        kept = np.sort(order[: max(2, int(len(order) * share))])
        again = np.sort(rng.permutation(kept)[:MOST_ROWS])
        shuffled = columns if number == len(shares) - 1 else []
        tests = {f"{view}_test": stacked(outputs, view, asked, again, shuffled, rng)}
        for one in views[1:]:
            tests[f"{one}_test"] = stacked(outputs, one, asked, again, shuffled)
        varied = {name: value for name, value in outputs.items() if not name.endswith("_test")}
        varied = {name: take(value, kept) for name, value in varied.items()}
        (out / f"prepared-{number}.pkl").write_bytes(pickle.dumps(varied | tests))
        np.save(out / f"valid-{number}.npy", np.flatnonzero(np.isin(kept, valid)))
        np.save(out / f"learned-{number}.npy", learned[again])
        chosen = np.concatenate([learned[kept], fold[asked], learned[again]])
        np.save(out / f"chosen-{number}.npy", chosen)
        fits.append(
            {
                "prepared": str(out / f"prepared-{number}.pkl"),
                "valid": str(out / f"valid-{number}.npy"),
                "learned": str(out / f"learned-{number}.npy"),
                "chosen": str(out / f"chosen-{number}.npy"),
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
    outputs: dict[str, Any],
    view: str,
    asked: Rows,
    again: Rows,
    columns: list[str],
    rng: np.random.Generator | None = None,
) -> Any:
    """The fold's rows, rows to learn from, then the fold's rows with one column shuffled each.

    Without `rng` the fold's rows stay as they are: the column is one of another view.
    """
    rows = take(outputs[f"{view}_test"], asked)
    parts = [rows, take(outputs[f"{view}_train"], again)]
    parts += [rows if rng is None else shuffled_in(rows, column, rng) for column in columns]
    if isinstance(rows, (pd.DataFrame, pd.Series)):
        return pd.concat(parts, ignore_index=True)
    if isinstance(rows, list):
        return [row for part in parts for row in part]
    if sparse.issparse(rows):
        return sparse.vstack(parts).asformat(rows.format)
    if isinstance(rows, np.ndarray):
        return np.concatenate(parts)
    raise DataError(f"rows of a {type(rows).__name__} cannot be chosen")


def shuffled_in(rows: pd.DataFrame, column: str, rng: np.random.Generator) -> pd.DataFrame:
    """The rows with one column in another order."""
    shuffled = rows.copy()
    place = int(np.flatnonzero(shuffled.columns == column)[0])
    shuffled.isetitem(place, rows[column].iloc[rng.permutation(len(rows))].array)
    return shuffled


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
