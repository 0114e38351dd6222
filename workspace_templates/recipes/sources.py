"""Texts that answers are made from, with what stands beside them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def texts_alone(rows: pd.DataFrame, column: str, beside: Sequence[str] = ()) -> pd.DataFrame:
    """Give the texts of a column as `source`, letter by letter, and other columns as they are."""
    texts = {"source": rows[column].fillna("").astype(object)}
    return pd.DataFrame(texts | {name: rows[name].fillna("").astype(object) for name in beside})


def texts_in_order(
    rows: pd.DataFrame, column: str, sequence: str, order: str, beside: Sequence[str] = ()
) -> pd.DataFrame:
    """Give the texts of a column as `source`, with the `previous` and the `following` one.

    Neighbours are rows beside each other of one sequence whose places in the order follow each
    other; at the ends of a sequence they are empty.
    """
    found = texts_alone(rows, column, beside)
    place = pd.to_numeric(rows[order], errors="coerce").to_numpy("float64")
    name = rows[sequence].to_numpy()
    goes_on = (name[1:] == name[:-1]) & (place[1:] == place[:-1] + 1)
    texts = found["source"].to_numpy(object)
    found["previous"] = np.append([""], np.where(goes_on, texts[:-1], "")).astype(object)
    found["following"] = np.append(np.where(goes_on, texts[1:], ""), [""]).astype(object)
    return found
