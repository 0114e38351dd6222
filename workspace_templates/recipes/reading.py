"""Tables in, typed columns and target out; every type is stated, none is guessed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

YES_AND_NO = {"true": 1.0, "yes": 1.0, "false": 0.0, "no": 0.0}


def read_text_table(path: Path, separator: str = ",", encoding: str = "utf-8") -> pd.DataFrame:
    """Read every cell as text; each column gets its type where it is used."""
    return pd.read_csv(path, sep=separator, encoding=encoding, dtype=str)


def read_written_table(path: Path, separator: str = ",", encoding: str = "utf-8") -> pd.DataFrame:
    """Read every cell as text, to the letter: words such as NA are words, and no gaps."""
    return pd.read_csv(path, sep=separator, encoding=encoding, dtype=str, keep_default_na=False)


def read_text_columns(
    path: Path, columns: list[str], separator: str = ",", encoding: str = "utf-8"
) -> pd.DataFrame:
    """Read every cell of these columns as text, and no other column."""
    return pd.read_csv(path, sep=separator, encoding=encoding, usecols=columns, dtype=str)


def read_large_table(
    path: Path, numbers: Sequence[str], separator: str = ",", encoding: str = "utf-8"
) -> pd.DataFrame:
    """Read these columns as numbers where all their cells are some, and all others as text."""
    named = pd.read_csv(path, sep=separator, encoding=encoding, nrows=0, dtype=str)
    texts = {column: str for column in named if column not in numbers}
    return pd.read_csv(path, sep=separator, encoding=encoding, dtype=texts, low_memory=False)


def stack_rows(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Put the test rows below the training rows, with the columns that both have."""
    shared = [column for column in test.columns if column in train.columns]
    return pd.concat([train[shared], test[shared]], ignore_index=True)


def as_numbers(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Read columns as numbers; yes and no become 1 and 0, other words gaps."""
    numbers = {}
    for column in columns:
        read = pd.to_numeric(rows[column], errors="coerce").astype("float64")
        words = rows.loc[read.isna(), column].astype(str).str.strip().str.lower()
        numbers[column] = read.fillna(words.map(YES_AND_NO).astype("float64"))
    return pd.DataFrame(numbers, index=rows.index).replace([np.inf, -np.inf], np.nan)


def class_codes(labels: pd.Series, classes: Sequence[Any]) -> np.ndarray:
    """Number the labels by their place in `classes`; raises ValueError for any other label."""
    if all(isinstance(name, int | float) for name in classes):
        codes = pd.Index(classes).get_indexer(pd.Index(pd.to_numeric(labels)))
    else:
        names = pd.Index([str(name).strip() for name in classes])
        codes = names.get_indexer(pd.Index(labels.astype(str).str.strip()))
    if (codes < 0).any():
        raise ValueError(f"labels outside {list(classes)}: {labels[codes < 0].unique()[:5]}")
    return np.asarray(codes, dtype="int64")


def train_and_test(view: str, rows: pd.DataFrame | pd.Series, n_train: int) -> dict[str, Any]:
    """Part the rows of a view into `<view>_train` and `<view>_test`."""
    return {
        f"{view}_train": rows.iloc[:n_train].reset_index(drop=True),
        f"{view}_test": rows.iloc[n_train:].reset_index(drop=True),
    }
