"""What the worker's leak verbs answer."""

from __future__ import annotations

from iiml_codegen.domain.wire import Frozen


class Proof(Frozen):
    """Files of a shadow that change with the labels withheld from it; `why_not`: none was made."""

    changed: tuple[str, ...]
    why_not: str = ""


class Variant(Frozen):
    """A shadow once more with one thing changed; `rows` says which of its test rows each one is.

    `renewed`: ids are drawn anew in every shadow.
    """

    data: str = ""
    rows: str = ""
    test_rows: int = 0
    renewed: bool = False
    why_not: str = ""


class RowsCompared(Frozen):
    """How many of `rows` predictions changed, by how much at most, and how far all of them lie."""

    rows: int
    changed: int
    largest: float
    spread: float

    @property
    def share(self) -> float:
        """Changed ones among all."""
        return self.changed / self.rows if self.rows else 0.0


class Moved(Frozen):
    """A prepared column that is not what it was; no column name: the whole output.

    `stays_elsewhere`: in another view its namesake stays, so that the view makes the change.
    """

    output: str
    column: str
    rows: int
    changed: int
    stays_elsewhere: bool = False


class OwnLabel(Frozen):
    """A feature of training rows whose changes follow those of the rows' own labels."""

    output: str
    column: str
    correlation: float


class Lone(Frozen):
    """What a column reaches alone, all columns reach, and all others reach without it."""

    column: str
    alone: float
    full: float
    without: float


class Examined(Frozen):
    """What preparations of the variants say; `moved` by the kind of variant.

    `placed` are features that rise or fall with the row's place, whatever row stands there.
    `noisy` are variants whose features differ in their last bits alone, or not only there.
    """

    moved: dict[str, tuple[Moved, ...]] = {}
    placed: tuple[Moved, ...] = ()
    noisy: tuple[str, ...] = ()
    own: tuple[OwnLabel, ...] = ()
    lone: tuple[Lone, ...] = ()


class Shared(Frozen):
    """A column that folds share and the test does not: shares of rows that have company."""

    column: str
    by: str
    folds: float
    test: float


class FoldsCompared(Frozen):
    """Such columns among so many."""

    columns: tuple[Shared, ...]
    looked_at: int


class Copies(Frozen):
    """Test rows with a copy in train, training rows with one in another fold, labels that agree."""

    test: int
    folds: int
    agree: float | None


class Duplicates(Frozen):
    """Copies among the rows that were compared, of train and of test."""

    rows: tuple[int, int]
    sampled: bool
    exact: Copies
    near: Copies | None
