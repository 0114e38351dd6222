"""What lies in a competition folder, before anybody knows what it means."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.wire import Frozen


class ColumnInfo(Frozen):
    """One column of a table; `values` lists all distinct values as text if they are few."""

    name: str
    dtype: Literal["int", "float", "bool", "string"]
    distinct: int
    missing: int
    unique: bool
    integral: bool
    minimum: float | None = None
    maximum: float | None = None
    mean_characters: float | None = None
    values: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


class TableInfo(Frozen):
    """One table at the top of the folder."""

    file: str
    rows: int
    separator: str
    encoding: str
    columns: tuple[ColumnInfo, ...]

    def names(self) -> tuple[str, ...]:
        """Column names in file order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> ColumnInfo:
        """The column called `name`; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


class TextInfo(Frozen):
    """A description file and its text."""

    file: str
    text: str


class Inventory(Frozen):
    """Tables, descriptions, and how many other files of each extension there are."""

    tables: tuple[TableInfo, ...]
    texts: tuple[TextInfo, ...] = ()
    other_files: dict[str, int] = {}
