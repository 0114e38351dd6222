"""What an odd folder is: a small healthy competition with one deliberate oddity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
import pandas as pd

from .tables import binary, multiclass, multilabel, ordinal, regression

Make = Callable[[Path, int], None]
Ends = Literal["solved", "refused"]
KINDS = {
    "binary": binary,
    "multiclass": multiclass,
    "multilabel": multilabel,
    "ordinal": ordinal,
    "regression": regression,
}


@dataclass(frozen=True)
class Odd:
    """How to write a folder, how it ends, and what a warning or the refusal must name.

    `code` is that of a refusal: IIML901 for data that cannot be used, IIML902 for a task of a kind
    that is not supported.
    """

    make: Make
    ends: Ends
    words: tuple[str, ...] = ()
    code: str = "IIML901"


@dataclass
class Tables:
    """The tables of a healthy competition, to be changed before they are written."""

    train: pd.DataFrame
    test: pd.DataFrame
    sample: pd.DataFrame
    text: str
    target: str
    rng: np.random.Generator

    def each(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Train and test."""
        return self.train, self.test

    def write(self, folder: Path) -> None:
        """Write all tables under their usual names, and the description."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("train", "test"):
            frame: pd.DataFrame = getattr(self, name)
            frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        sample = folder / "sample_submission.csv"
        self.sample.to_csv(sample, index=False, lineterminator="\n")
        (folder / "description.md").write_text(self.text, encoding="utf-8")


def healthy(seed: int, kind: str = "binary", rows: int = 160) -> Tables:
    """Tables of a competition with `rows` training rows and a quarter as many test rows."""
    draft = KINDS[kind](rows + rows // 4, seed)
    targets = list(draft.task["targets"])
    train, rest = (part.reset_index(drop=True) for part in split(draft.frame, rows))
    sample = rest[[draft.task["id_column"], *targets]].assign(**dict.fromkeys(targets, draft.fill))
    rng = np.random.default_rng([seed, 11])
    test = rest.drop(columns=targets)
    return Tables(train, test, sample, draft.description, targets[0], rng)


def split(frame: pd.DataFrame, rows: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first rows and the others."""
    return frame.iloc[:rows], frame.iloc[rows:]


ChangeTables = TypeVar("ChangeTables", bound=Callable[[Tables], None])
ChangeFolder = TypeVar("ChangeFolder", bound=Callable[[Path, Tables], None])


class Cases(dict[str, Odd]):
    """Odd folders by name; its decorators enter functions under their own names."""

    def tables(
        self,
        *words: str,
        ends: Ends = "solved",
        kind: str = "binary",
        rows: int = 160,
        code: str = "IIML901",
    ) -> Callable[[ChangeTables], ChangeTables]:
        """Enter a function that changes the tables before they are written."""

        def enter(change: ChangeTables) -> ChangeTables:
            def make(folder: Path, seed: int) -> None:
                made = healthy(seed, kind, rows)
                change(made)
                made.write(folder)

            self[change.__name__] = Odd(make, ends, words, code)
            return change

        return enter

    def folder(
        self,
        *words: str,
        ends: Ends = "solved",
        kind: str = "binary",
        rows: int = 160,
        code: str = "IIML901",
    ) -> Callable[[ChangeFolder], ChangeFolder]:
        """Enter a function that changes the folder after the tables were written."""

        def enter(change: ChangeFolder) -> ChangeFolder:
            def make(folder: Path, seed: int) -> None:
                made = healthy(seed, kind, rows)
                made.write(folder)
                change(folder, made)

            self[change.__name__] = Odd(make, ends, words, code)
            return change

        return enter


def rewritten(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change the bytes of a file."""
    path.write_bytes(change(path.read_bytes()))


def columns_changed(made: Tables, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Change the columns of train and test alike."""
    made.train, made.test = change(made.train), change(made.test)
