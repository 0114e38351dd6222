"""Writes a competition of any size, seeded and row by row, so that size is the only difference.

    python benchmarks/made_tables.py FOLDER --rows 1000000 --columns 50

Numbers, codes, categories with few and many values, dates, gaps, free text, names of rows and a
binary target that follows some of them; the test has a tenth of the training rows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

CELLS_AT_ONCE = 1_000_000
WORDS = np.array([f"{a}{b}" for a in ("ba", "do", "ki", "lu", "me") for b in ("n", "ra", "sti")])
Maker = Callable[[np.random.Generator, int, int], pd.Series]


def measure(rng: np.random.Generator, rows: int, place: int) -> pd.Series:
    """Numbers with fractions."""
    return pd.Series(rng.normal(place % 7, 1 + place % 5, rows).round(5))


def gappy(rng: np.random.Generator, rows: int, place: int) -> pd.Series:
    """Numbers with fractions, a tenth missing."""
    values = measure(rng, rows, place)
    return values.where(rng.random(rows) > 0.1)


def count(rng: np.random.Generator, rows: int, place: int) -> pd.Series:
    """Whole numbers, small ones most often."""
    return pd.Series(rng.poisson(3 + place % 40, rows))


def amount(rng: np.random.Generator, rows: int, place: int) -> pd.Series:
    """Whole numbers over a wide range."""
    return pd.Series(rng.integers(0, 10**6, rows))


def code(rng: np.random.Generator, rows: int, place: int) -> pd.Series:
    """A few codes."""
    return pd.Series(rng.choice([1, 2, 4, 8, 15], rows))


def kind(rng: np.random.Generator, rows: int, place: int) -> pd.Series:
    """Few kinds by name."""
    return pd.Series(rng.choice(WORDS[: 3 + place % 10], rows))


def town(rng: np.random.Generator, rows: int, place: int) -> pd.Series:
    """Thousands of names, some of them rare."""
    numbers = (rng.random(rows) ** 2 * 5_000).astype(int)
    return pd.Series(numbers).astype(str).radd("t")


def day(rng: np.random.Generator, rows: int, place: int) -> pd.Series:
    """Dates of ten years."""
    days = np.datetime64("2014-01-01") + rng.integers(0, 3650, rows)
    return pd.Series(days.astype("datetime64[D]").astype(str))


def sentence(rng: np.random.Generator, rows: int, place: int) -> pd.Series:
    """Eight words."""
    return pd.Series([" ".join(words) for words in rng.choice(WORDS, (rows, 8)).tolist()])


CYCLE: tuple[Maker, ...] = (
    measure,
    count,
    kind,
    gappy,
    amount,
    code,
    measure,
    town,
    measure,
    count,
)
SELDOM: dict[int, Maker] = {11: day, 23: sentence}
EVERY = 25


def makers(columns: int) -> list[Maker]:
    """What each feature holds; with the name of the row and the target there are `columns`."""
    return [
        SELDOM.get(place % EVERY, CYCLE[place % len(CYCLE)]) for place in range(max(1, columns - 2))
    ]


def some_rows(columns: int, start: int, rows: int, seed: int) -> pd.DataFrame:
    """Rows from `start` on."""
    rng = np.random.default_rng([seed, start])
    made = {
        f"{maker.__name__}_{place}": maker(rng, rows, place)
        for place, maker in enumerate(makers(columns))
    }
    names = pd.Series(np.arange(start, start + rows)).astype(str).str.zfill(8).radd("r")
    chance = 1 / (1 + np.exp(1 - made["measure_0"] + rng.normal(0, 1, rows)))
    target = pd.Series((chance > rng.random(rows)).astype(int))
    return pd.DataFrame({"id": names, **made, "target": target})


def write_table(
    path: Path, columns: int, start: int, rows: int, seed: int, kept: slice = slice(None)
) -> None:
    """Write `rows` rows; never more than a million cells are in memory."""
    each = max(1, CELLS_AT_ONCE // columns)
    for first in range(start, start + rows, each):
        part = some_rows(columns, first, min(each, start + rows - first), seed)
        text = part.iloc[:, kept].to_csv(index=False, header=first == start)
        with path.open("w" if first == start else "a", encoding="utf-8", newline="") as file:
            file.write(text)


def write_competition(folder: Path, rows: int, columns: int, seed: int) -> None:
    """Training table, test table without the target, sample submission."""
    folder.mkdir(parents=True, exist_ok=True)
    fewer = max(100, rows // 10)
    write_table(folder / "train.csv", columns, 0, rows, seed)
    write_table(folder / "test.csv", columns, rows, fewer, seed, slice(0, -1))
    names = [f"r{number:08d}" for number in range(rows, rows + fewer)]
    pd.DataFrame({"id": names, "target": 0.5}).to_csv(folder / "sample_submission.csv", index=False)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Write a competition of any size.")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    write_competition(options.folder, options.rows, options.columns, options.seed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
