"""Texts that answers are made from, with what stands beside them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def texts_alone(rows: pd.DataFrame, column: str, beside: Sequence[str] = ()) -> pd.DataFrame:
    """Give the texts of a column as `source`, letter by letter, and other columns as they are."""
    texts = {"source": rows[column].fillna("").astype(object)}
    return pd.DataFrame(texts | {name: rows[name].fillna("").astype(object) for name in beside})


def texts_in_order(
    rows: pd.DataFrame,
    n_train: int,
    column: str,
    sequence: str,
    order: str,
    beside: Sequence[str] = (),
) -> pd.DataFrame:
    """Give the texts of a column as `source`, with the `previous` and the `following` one.

    Neighbours are one place before and after in the order of the same sequence; at its ends they
    are empty. Training and test rows may call other sequences by the same name.
    """
    found = texts_alone(rows, column, beside)
    trains = np.arange(len(rows)) < n_train
    place = pd.to_numeric(rows[order], errors="coerce")
    known = found.set_index([trains, rows[sequence], place])["source"]
    known = known[~known.index.duplicated()]
    for name, step in (("previous", -1), ("following", 1)):
        wanted = pd.MultiIndex.from_arrays([trains, rows[sequence], place + step])
        found[name] = known.reindex(wanted).fillna("").to_numpy(object)
    return found
