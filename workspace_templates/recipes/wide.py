"""Series that stand in rows, with a column for each step in time: cells become rows of their own.

Steps are columns whose names match `called`: dates, or a word and a number as in `d_17`.
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd


def steps_of(table: pd.DataFrame, called: str) -> list[str]:
    """Name the columns of steps."""
    return [name for name in table.columns if re.fullmatch(called, name)]


def last_steps(table: pd.DataFrame, called: str, count: int) -> pd.DataFrame:
    """Leave out all steps but the last ones."""
    return table.drop(columns=steps_of(table, called)[:-count])


def called_series(table: pd.DataFrame, key: str, series: str, suffix: str) -> pd.DataFrame:
    """Call the column that names the series as rows do, and take off what all names end with."""
    table = table.rename(columns={key: series})
    return table.assign(**{series: table[series].str.removesuffix(suffix)})


def melted_series(
    table: pd.DataFrame, called: str, time: str, value: str, counted: bool = False
) -> pd.DataFrame:
    """Give each cell with a value a row, step by step, beside what is known of its series."""
    steps = steps_of(table, called)
    others = [name for name in table.columns if name not in steps]
    cells = table.melt(others, steps, time, value)
    if counted:
        cells[time] = np.repeat(numbers_of(steps), len(table))
    return cells[has_value(cells[value])].reset_index(drop=True)


def has_value(cells: pd.Series) -> pd.Series:
    """Tell cells with a value from those that are empty or hold spaces."""
    blank = [cell for cell in cells.dropna().unique() if not str(cell).strip()]
    return cells.notna() & ~cells.isin(blank)


def numbers_of(steps: Sequence[str] | np.ndarray) -> np.ndarray:
    """Take the number out of the name of each step, as text."""
    return pd.Series(steps, dtype=object).str.extract(r"(\d+)$")[0].to_numpy()


def names_in_full(ids: pd.Series, table: pd.DataFrame, id_column: str, name: str) -> pd.Series:
    """Look up what each id is called in full."""
    known = table.drop_duplicates(id_column).set_index(id_column)[name]
    return known.reindex(ids.astype(str)).reset_index(drop=True)


def asked_series(
    names: pd.Series,
    table: pd.DataFrame,
    called: str,
    series: str,
    time: str,
    joint: str,
    counted: bool = False,
) -> pd.DataFrame:
    """Take names apart into series and step, beside what is known of the series."""
    parts = names.astype(str).str.extract(rf"(?s)^(.*){re.escape(joint)}({called})$")
    rows = known_of_series(table, called, series, parts[0].to_numpy())
    steps = parts[1].to_numpy()
    return rows.assign(**{time: numbers_of(steps) if counted else steps})


def known_of_series(
    table: pd.DataFrame, called: str, series: str, keys: np.ndarray
) -> pd.DataFrame:
    """Say what the table tells of series beside their steps."""
    known = table.drop(columns=steps_of(table, called)).drop_duplicates(series)
    rows = known.set_index(series, drop=False).reindex(keys).reset_index(drop=True)
    return rows.assign(**{series: keys})


def asked_ahead(
    cells: pd.DataFrame, table: pd.DataFrame, called: str, series: str, time: str, counted: bool
) -> pd.DataFrame:
    """Give each cell without a value a row, beside what is known of its series."""
    asked = cells[cells["value"].isna()]
    rows = known_of_series(table, called, series, asked["series"].to_numpy())
    steps = asked["step"].to_numpy()
    return rows.assign(**{time: numbers_of(steps) if counted else steps})


def cells_ahead(
    sample: pd.DataFrame,
    table: pd.DataFrame,
    called: str,
    id_column: str,
    series: str,
    blocks: dict[str, str],
    apart: int = 1,
) -> pd.DataFrame:
    """List the cells of a sample with a column for each step ahead: row, place, series and step.

    An id is a series with one of the suffixes in `blocks`, which tell what step the first column
    is; or with @ and that step. `value` is what the table knows already. Empty cells are not asked
    for, unless all are empty.
    """
    answers = sample.drop(columns=id_column)
    filled = answers.notna().to_numpy()
    rows, places = np.nonzero(filled if filled.any() else ~filled)
    parts = [part_id(one, called, blocks) for one in sample[id_column].astype(str)]
    ahead = {first: steps_from(first, len(answers.columns), apart) for _, first in parts}
    names = np.array([name for name, _ in parts], dtype=object)[rows]
    steps = np.array([ahead[first] for _, first in parts], dtype=object)[rows, places]
    told = table.drop_duplicates(series).set_index(series)[steps_of(table, called)]
    at, when = told.index.get_indexer(pd.Index(names)), told.columns.get_indexer(pd.Index(steps))
    inside = (at >= 0) & (when >= 0)
    values = pd.Series(None, index=range(len(rows)), dtype=object)
    values[inside] = told.to_numpy()[at[inside], when[inside]]
    return pd.DataFrame(
        {
            "row": rows,
            "place": places,
            "series": names,
            "step": steps,
            "value": values.where(has_value(values)),
        }
    )


def part_id(text: str, called: str, blocks: dict[str, str]) -> tuple[str, str]:
    """Part an id into its series and the step of its first column."""
    for suffix, first in blocks.items():
        if suffix and text.endswith(suffix):
            return text.removesuffix(suffix), first
    name, _, step = text.rpartition("@")
    return (name, step) if re.fullmatch(called, step) else (text, blocks[""])


def steps_from(first: str, count: int, apart: int = 1) -> list[str]:
    """Name steps from the first on, `apart` days from each other where they are dates."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", first):
        days = pd.date_range(first, periods=count, freq=f"{apart}D")
        return list(days.strftime("%Y-%m-%d"))
    number = re.sub(r".*?(\d+)$", r"\1", first)
    word = first.removesuffix(number)
    return [word + str(int(number) + ahead).zfill(len(number)) for ahead in range(count)]
