"""A traceback with what is known of it, whether it comes from a crash record or from a log."""

from __future__ import annotations

from dataclasses import dataclass

from iiml_codegen.domain.wire import Frozen


class Glance(Frozen):
    """What a variable held, as the guard saw it (`execution/guard/glance.py`)."""

    name: str
    type: str
    shape: tuple[int, ...] = ()
    dtype: str = ""
    columns: tuple[str, ...] = ()
    not_numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    missing: int | None = None
    missing_in: tuple[str, ...] = ()
    infinite: int | None = None
    low: float | None = None
    high: float | None = None
    levels: int | None = None
    length: int | None = None
    keys: tuple[str, ...] = ()
    items: tuple[Glance, ...] = ()
    shown: str = ""

    @property
    def is_table(self) -> bool:
        """Whether this is a frame, an array, a series or a sparse table."""
        return bool(self.shape)


@dataclass(frozen=True)
class Frame:
    """One frame; columns count from 1 and are 0 where nobody knows them.

    `own` says whether the script itself is at work here; a log does not tell.
    """

    file: str
    line: int
    function: str
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    own: bool | None = None
    values: tuple[Glance, ...] = ()

    def value(self, name: str) -> Glance | None:
        """A variable of the frame."""
        return next((value for value in self.values if value.name == name), None)


@dataclass(frozen=True)
class Trace:
    """An exception: its frames from the outside in, its type and message.

    `name` is what it knows to be missing, `filename` the file that it speaks of, `earlier` the
    exceptions that led to it.
    """

    frames: tuple[Frame, ...]
    type: str
    message: str
    name: str = ""
    filename: str = ""
    errno: int | None = None
    earlier: tuple[Trace, ...] = ()

    @property
    def summary(self) -> str:
        """The line that Python prints last."""
        return f"{self.type}: {self.message}" if self.message else self.type
