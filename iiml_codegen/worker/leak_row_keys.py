"""Keys under which rows are copies of each other: of all cells, or of about what they say.

Near: numbers are equal in three digits, and words without case and marks. Long texts are alike by
MinHash of their word triples (Broder 1997), of which `BANDS` times `DEPTH` hashes are kept.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 3
LONG_TEXT = 60
"""Mean characters from which a column is compared by MinHash."""
BANDS, DEPTH = 8, 4
ALIKE = 0.8
"""Share of equal hashes: it estimates the share of word triples that two texts have in common."""
PRIME = (1 << 31) - 1
LARGEST_WHOLE = 1 << 53
LARGEST_POWER = 300
Keys = list[str]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RowKeys:
    """Keys of the rows of one side.

    `near` has one list for each way of being near; `hashes` of long texts confirm a way, if any.
    """

    exact: Keys
    near: list[Keys]
    hashes: Ints | None = None

    def alike(self, row: int, other: RowKeys, place: int) -> bool:
        """Whether the long texts of two rows with a near key in common are near indeed."""
        if self.hashes is None or other.hashes is None:
            return True
        return float((self.hashes[row] == other.hashes[place]).mean()) >= ALIKE


def row_keys(frame: pd.DataFrame, long: list[str], numbers: list[str]) -> RowKeys:
    """The keys of a table whose columns `long` are compared as texts, and `numbers` as numbers."""
    values = frame[numbers].to_numpy(np.float64, na_value=np.nan) + 0.0  # no negative zero
    values[np.isnan(values)] = np.nan  # gaps are alike, whatever their bits
    rest = frame[[name for name in frame.columns if name not in numbers]]
    cells = [[as_text(value) for value in rest[name].tolist()] for name in rest.columns]
    exact = keys_of_rows(values, cells)
    short = rest[[name for name in rest.columns if name not in long]]
    words = [[bare(as_text(value)) for value in short[name].tolist()] for name in short.columns]
    rounded = keys_of_rows(rounded_to(DIGITS, values), words)
    if not long:
        return RowKeys(exact, [rounded])
    texts = [" ".join(row) for row in zip(*(texts_of(frame[name]) for name in long), strict=True)]
    least = min_hashes(texts)
    bands = least.reshape(len(least), BANDS, DEPTH)
    near = [
        [f"{key}:{band.tobytes().hex()}" for key, band in zip(rounded, bands[:, n], strict=True)]
        for n in range(BANDS)
    ]
    return RowKeys(exact, near, least)


def plain_numbers(*frames: pd.DataFrame) -> list[str]:
    """Columns of numbers in all of these tables that a 64-bit float holds exactly."""
    return [name for name in frames[0].columns if all(is_plain(one[name]) for one in frames)]


def is_plain(column: pd.Series) -> bool:
    """Whether a column has numbers that a 64-bit float holds exactly."""
    if column.dtype.kind not in "iuf":
        return False
    return column.dtype.kind == "f" or not len(column) or bool(column.abs().max() <= LARGEST_WHOLE)


def rounded_to(digits: int, values: Floats) -> Floats:
    """Numbers in so many digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        places = digits - 1 - np.floor(np.log10(np.abs(values)))
        scales = 10.0 ** np.clip(places, -LARGEST_POWER, LARGEST_POWER)
        rounded = np.rint(values * scales) / scales
    return np.where(np.isfinite(rounded), rounded, values) + 0.0


def keys_of_rows(values: Floats, cells: list[list[str]]) -> Keys:
    """A hash of each row's numbers and texts."""
    rows = [row.tobytes() for row in np.ascontiguousarray(values)]
    texts = zip(*cells, strict=True) if cells else ((),) * len(rows)
    return [hashed(row, cell) for row, cell in zip(rows, texts, strict=True)]


def long_texts(frame: pd.DataFrame) -> list[str]:
    """Columns of texts that are long on average."""
    found = []
    for name in frame.columns:
        if frame[name].dtype.kind in "iufb":
            continue
        lengths = [len(value) for value in frame[name].tolist() if isinstance(value, str)]
        if lengths and np.mean(lengths) >= LONG_TEXT:
            found.append(str(name))
    return found


def as_text(value: Any) -> str:
    """One cell; whole numbers read alike whether a gap made their column floats or not."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def texts_of(column: pd.Series) -> list[str]:
    """A column as texts, gaps empty."""
    return [value if isinstance(value, str) else "" for value in column.tolist()]


def bare(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def min_hashes(texts: list[str]) -> Ints:
    """(texts, hashes): under each of the functions the least hash of a text's word triples."""
    rng = np.random.default_rng(17)
    factors, shifts = rng.integers(1, PRIME, (2, BANDS * DEPTH, 1))
    least = [((triples(t.lower().split()) * factors + shifts) % PRIME).min(axis=1) for t in texts]
    return np.array(least, np.int64).reshape(len(texts), BANDS * DEPTH)


def triples(words: list[str]) -> Ints:
    """Hashes of all runs of three words; of a shorter text the one run that it is."""
    plain = [bare(word) for word in words]
    runs = {" ".join(plain[n : n + 3]) for n in range(max(1, len(plain) - 2))}
    hashes = sorted(zlib.crc32(run.encode("utf-8", "replace")) % PRIME for run in runs)
    return np.array([hashes], np.int64)


def hashed(numbers: bytes, cells: tuple[str, ...]) -> str:
    """A short hash of a row."""
    texts = "\x1f".join(cells).encode("utf-8", "replace")
    return hashlib.blake2b(numbers + texts, digest_size=10).hexdigest()
