"""What lies in a competition folder, before anybody knows what it means."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.layout import MediaKind, TableForm
from iiml_codegen.domain.wire import Frozen


class ColumnInfo(Frozen):
    """One column of a table; `values` lists all distinct values as text if they are few.

    `first` and `last` are the earliest and the latest moment (ISO 8601) of a column of dates.
    `labels` are those of a column whose cells hold several with `label_mark` between them, and in
    `hidden` cells a question mark stands for them.
    `gap_words` are words among texts that read as missing, such as NA, with their numbers of rows.
    `endings` are what the ids in a column end with, where each name comes with all of them.
    """

    name: str
    dtype: Literal["int", "float", "bool", "string"]
    distinct: int
    missing: int
    unique: bool
    integral: bool
    minimum: float | None = None
    maximum: float | None = None
    median: float | None = None
    mean_words: float = 0.0
    mean_characters: float | None = None
    first: str | None = None
    last: str | None = None
    values: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    label_mark: str = ""
    hidden: int = 0
    gap_words: dict[str, int] = {}
    endings: tuple[str, ...] = ()


class TableInfo(Frozen):
    """One table; `file` is its path inside the competition, with slashes.

    `keys` are sets of columns, as small as possible, that name each row: of columns that other
    tables have too, and of columns of dates.
    """

    file: str
    rows: int
    columns: tuple[ColumnInfo, ...]
    form: TableForm = TableForm()
    keys: tuple[tuple[str, ...], ...] = ()

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


class NameLabel(Frozen):
    """A part of file names that repeats: the first group of `pattern`, searched in the stem."""

    pattern: str
    counts: dict[str, int]


class FileGroup(Frozen):
    """Files of one kind whose paths differ in one part only.

    `path` has `{}` for that part: `images/{}.jpg`, `train/{}/geometry.xyz`. `classes` counts files
    by the first folder below `folder`, where there are such folders; then `path` is only
    `folder/{}` and `{}` stands for all that differs. `labels` are parts of the names that repeat.
    `partner_of` is the path of the group whose names these files repeat; then `fields` say what
    they hold: what a JSON document has under its names, or the whole text, as a field `text`.
    """

    folder: str
    path: str
    kind: MediaKind
    suffixes: tuple[str, ...]
    files: int
    examples: tuple[str, ...] = ()
    classes: dict[str, int] = {}
    labels: tuple[NameLabel, ...] = ()
    partner_of: str = ""
    fields: tuple[ColumnInfo, ...] = ()


class FileMatch(Frozen):
    """How many distinct values of a table's column name a file of a group, as `path` says."""

    table: str
    column: str
    path: str
    share: float


class ToldMasks(Frozen):
    """Run lengths in a table's `column` that say the same as the pictures at `path`.

    `{}` in `path` is the value of `key`; pixels are counted from `first`, `down` the columns or
    else along the lines.
    """

    table: str
    key: str
    column: str
    path: str
    down: bool
    first: int


class Stack(Frozen):
    """Training tables of the same columns that share no row; `whole` describes them as one."""

    files: tuple[str, ...]
    whole: TableInfo


class TextSource(Frozen):
    """Texts in `column` of a table that are made from those in its column `source`.

    `same` is the share of rows in which both are alike, `within` that in which the source holds the
    text. Rows are steps of a `sequence` in an `order` that counts them; "" where they are none.
    """

    table: str
    column: str
    source: str
    same: float
    within: float
    sequence: str = ""
    order: str = ""


class Silence(Frozen):
    """Columns of `table` that are empty in all rows whose `key` is one of table `other`.

    `apart`: there is no such row, though a third table knows keys of `table`.
    """

    table: str
    other: str
    key: str
    columns: tuple[str, ...]
    apart: bool = False


class ToldSteps(Frozen):
    """Ids of table `sample` that are a `key` of table `other`, `joint`, and a place in a sequence.

    Its steps stand in cells of `other` and `table`: characters in `texts`, numbers in `lists`, as
    many in each row. Table `table` alone has `answers`: lists of numbers, or texts of `characters`,
    one for each of the first steps at least; together they answer `rows` steps.
    """

    table: str
    other: str
    sample: str
    key: str
    joint: str
    first: int
    texts: tuple[str, ...]
    lists: tuple[str, ...]
    characters: bool
    answers: tuple[ColumnInfo, ...]
    rows: int


class Alias(Frozen):
    """Columns of table `other` whose values are those of the column `stem` of `table`.

    With `keys`, which both have, each names a row. `columns` maps them to what the table's other
    columns would be called there: `home_team_id` to `home_{}`.
    """

    table: str
    other: str
    stem: str
    keys: tuple[str, ...]
    columns: dict[str, str]


class Trouble(Frozen):
    """A file that could not be read, where, why, and the way out."""

    file: str
    message: str
    hint: str = ""

    def said(self) -> str:
        """The message, with the file's path where the message does not name it first."""
        name = self.file.rpartition("/")[2]
        return self.message if self.message.startswith(name) else f"{self.file}: {self.message}"


class Inventory(Frozen):
    """Tables, descriptions and groups of other files.

    `folder` is where the files are read: the competition itself, or the place in the cache where
    its `archives` were unpacked beside the rest.
    """

    folder: str
    tables: tuple[TableInfo, ...]
    texts: tuple[TextInfo, ...] = ()
    groups: tuple[FileGroup, ...] = ()
    matches: tuple[FileMatch, ...] = ()
    silences: tuple[Silence, ...] = ()
    stacks: tuple[Stack, ...] = ()
    aliases: tuple[Alias, ...] = ()
    masks: tuple[ToldMasks, ...] = ()
    steps: tuple[ToldSteps, ...] = ()
    sources: tuple[TextSource, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    archives: tuple[str, ...] = ()
    other_files: dict[str, int] = {}

    def text_of(self, file: str | None) -> str:
        """What a description file says; nothing for a file that is none."""
        return next((text.text for text in self.texts if text.file == file), "")
