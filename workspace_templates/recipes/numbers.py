"""Numbers: gaps, skew, relations between columns, and the scaled view that linear models want."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np
import pandas as pd

from workspace_templates.recipes.memory import remember


def fill_with_median(
    rows: pd.DataFrame, columns: Sequence[str], fitted: dict[str, Any]
) -> pd.DataFrame:
    """Fill gaps with the median; `<name>_missing` says where they were, unless it is a column."""
    filled = {}
    for column in columns:
        values = rows[column].astype("float64")
        median = remember(fitted, f"median of {column}", values.median)
        filled[column] = values.fillna(median).fillna(0.0)
        if remember(fitted, f"gaps in {column}", values.isna().any):
            filled.setdefault(f"{column}_missing", values.isna().astype("float64"))
    return pd.DataFrame(filled, index=rows.index)


def with_usual_values(
    numbers: pd.DataFrame, columns: Sequence[str], fitted: dict[str, Any]
) -> pd.DataFrame:
    """Fill gaps with the median, where no model could learn what a gap means."""
    usual = remember(fitted, "usual values", numbers[list(columns)].median)
    return numbers.fillna(usual)


def missing_flags(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Mark the gaps of each column with a 1; `gaps_in_row` counts them."""
    flags = rows[list(columns)].isna().astype("float64").add_suffix("_missing")
    return flags.assign(gaps_in_row=flags.sum(axis=1))


def signed_log(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Pull in long tails on both sides of zero: sign(x) · log(1 + |x|)."""
    values = rows[list(columns)].astype("float64")
    return values.transform(bent_log).add_suffix("_log")


def bent_log(values: pd.Series) -> pd.Series:
    """Take sign(x) · log(1 + |x|) of one column."""
    bent: pd.Series = np.log1p(values.abs()) * np.sign(values)
    return bent


def ratios(rows: pd.DataFrame, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Divide one column by another; a division by zero is a gap, not an infinity."""
    quotients = {f"{a}_per_{b}": rows[a] / rows[b].replace(0, np.nan) for a, b in pairs}
    return pd.DataFrame(quotients, index=rows.index)


def differences(rows: pd.DataFrame, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Subtract one column from another of the same unit: widths, spans, gaps in time."""
    return pd.DataFrame({f"{a}_minus_{b}": rows[a] - rows[b] for a, b in pairs}, index=rows.index)


def sums(rows: pd.DataFrame, terms: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Add columns that count the same kind of thing, each sum under its own name."""
    totals = {name: rows[list(columns)].sum(axis=1) for name, columns in terms.items()}
    return pd.DataFrame(totals, index=rows.index)


def like_numbers(numbers: pd.DataFrame, groups: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Take columns that measure like things together: sum, spread, ends, and how many are zero."""
    told: dict[str, pd.Series] = {}
    for columns in groups:
        group, name = numbers[list(columns)], f"{len(columns)} like {columns[0]}"
        told |= {
            f"sum of {name}": group.sum(axis=1),
            f"spread of {name}": group.std(axis=1),
            f"least of {name}": group.min(axis=1),
            f"most of {name}": group.max(axis=1),
            f"zeros of {name}": (group == 0).sum(axis=1),
        }
    return pd.DataFrame(told, index=numbers.index, dtype="float64")


def plain_names(features: pd.DataFrame) -> pd.DataFrame:
    """Rename columns as the boosting libraries want it: no marks of JSON, no line breaks.

    Names that are alike but for spaces count as one to LightGBM; later ones get a "_" behind.
    """
    refused = re.compile(r"[^\w. ()%+=&-]+")
    names: dict[str, str] = {}
    taken: set[str] = set()
    for column in sorted(features.columns.unique(), key=lambda c: bool(refused.search(c))):
        names[column] = refused.sub("_", column)
        while names[column].replace(" ", "_") in taken:
            names[column] += "_"
        taken.add(names[column].replace(" ", "_"))
    return features.rename(columns=names)


def useful_columns(features: pd.DataFrame, fitted: dict[str, Any]) -> pd.DataFrame:
    """Leave out columns of one value, copies of earlier ones, and names that are taken."""
    features = features.loc[:, ~features.columns.duplicated()]
    kept: list[str] = remember(fitted, "useful columns", partial(telling_columns, features))
    return features[kept]


def telling_columns(features: pd.DataFrame) -> list[str]:
    """List the columns of more than one value; of copies the first."""
    first: dict[bytes, str] = {}
    for name in features.columns:
        hashes = pd.util.hash_pandas_object(features[name], index=False).to_numpy()
        if (hashes != hashes[:1]).any():
            first.setdefault(sha256(hashes.tobytes()).digest(), name)
    return list(first.values())
