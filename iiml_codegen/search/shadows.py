"""The shadow competitions of a solve, as the worker built them in the user's cache."""

from __future__ import annotations

from pathlib import Path

from iiml_codegen.domain.wire import Frozen


class Shadow(Frozen):
    """One fold withheld: `data` is the folder a pipeline is given in place of the real one.

    `rows`, `fold_rows` and `valid` are `.npy` files of row positions; `train_rows`, `n_fold` and
    `n_valid` count the rows that are kept, withheld, and kept aside to watch.
    """

    fold: int
    data: str
    rows: str
    fold_rows: str
    valid: str
    train_rows: int
    n_fold: int
    n_valid: int

    def folder(self) -> Path:
        """The folder that holds everything of this shadow."""
        return Path(self.data).parent


class ShadowSet(Frozen):
    """All shadows of one fold plan; `view` has no labels at all, `target` are the true answers.

    `real_rows` is a `.npy` file with the rows of the view in the order in which the real folder
    lists them; "" where both have the same order. `remarks` are what to know about the tables.
    """

    view: str
    target: str
    train_rows: int
    test_rows: int
    folds: tuple[Shadow, ...]
    real_rows: str = ""
    remarks: tuple[str, ...] = ()
