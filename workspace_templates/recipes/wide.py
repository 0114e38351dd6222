"""Series that stand in rows, with a column for each date: cells become rows of their own."""

import re

import pandas as pd

CALLED_BY_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def melted_dates(table: pd.DataFrame, time: str, value: str) -> pd.DataFrame:
    """Give each cell with a value a row, date by date, beside what is known of its series."""
    dates = [name for name in table.columns if CALLED_BY_DATE.fullmatch(name)]
    others = [name for name in table.columns if name not in dates]
    cells = table.melt(others, dates, time, value)
    known = cells[value].notna() & (cells[value].astype(str).str.strip() != "")
    return cells[known].reset_index(drop=True)


def asked_dates(
    sample: pd.DataFrame, table: pd.DataFrame, id_column: str, key: str, time: str, joint: str
) -> pd.DataFrame:
    """Take the ids of a sample apart into series and date, beside what is known of the series."""
    ids = sample[id_column].astype(str)
    parts = [one.rpartition(joint) for one in ids]
    dates = [name for name in table.columns if CALLED_BY_DATE.fullmatch(name)]
    known = table.drop(columns=dates).drop_duplicates(key).set_index(key, drop=False)
    rows = known.reindex([part[0] for part in parts]).reset_index(drop=True)
    rows[key], rows[time] = [part[0] for part in parts], [part[2] for part in parts]
    rows[id_column] = ids.to_numpy()
    return rows
