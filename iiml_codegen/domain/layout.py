"""The layout: how the files of a competition make up its training and test rows."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.wire import Frozen

FILE_COLUMN = "path_of_file"
"""The column of rows that are files; no sample submission calls its own so."""

TABLE_COLUMN = "table_of_row"
"""The column that says from which of several training tables a row is."""

TableFormat = Literal[
    "delimited",
    "ragged",
    "fixed_width",
    "json",
    "json_lines",
    "parquet",
    "feather",
    "excel",
    "sqlite",
]
MediaKind = Literal["image", "audio", "text", "atoms", "numbers", "video", "other"]
LayoutKind = Literal[
    "one_table",
    "label_table",
    "file_names",
    "class_folders",
    "paired_files",
    "files_by_id",
    "related_tables",
    "panel",
    "picture_pixels",
    "picture_masks",
    "wide_series",
    "cell_steps",
]


class TableForm(Frozen):
    """How a table is written; a field says something only where its format needs it.

    `part` is the sheet of a workbook, the table of a database, or the dotted key under which a JSON
    document holds its records. `edges` are the first characters of a fixed-width table's columns,
    counted from 0. `partitions` are the columns of a table in a folder whose values stand in the
    names of the folders above its files: `shop=3/month=7/part-0.parquet`. The last name of a ragged
    table stands for `width` columns, or for one cell where that is 0: all that follows in a line.
    """

    format: TableFormat = "delimited"
    separator: str = ","
    encoding: str = "utf-8"
    part: str = ""
    edges: tuple[int, ...] = ()
    partitions: tuple[str, ...] = ()
    width: int = 0


class FileRows(Frozen):
    """Rows that are files: every file with one of `suffixes` under `folder`, sorted by path.

    A row has the columns `FILE_COLUMN` (its path inside the competition, with slashes) and
    `id_column`.
    `id_from`: the file's `name`, its `stem`, or its `path` below `folder`. The label, in training
    rows only, comes from the `name` (first group of `label_pattern`, searched in the stem), from
    the first `folder` below `folder`, or from the `partner` file, whose path below the competition
    is `partner` with `{stem}` filled in; a JSON partner holds the target under its name, any other
    is the label as it stands, stripped.
    """

    folder: str
    suffixes: tuple[str, ...]
    id_column: str
    id_from: Literal["name", "stem", "path"] = "stem"
    label_from: Literal["", "name", "folder", "partner"] = ""
    label_pattern: str = ""
    partner: str = ""


class RelatedTable(Frozen):
    """A table whose rows belong to rows of train and test by equal values of `keys`.

    `labels`: one row per training row, with the targets; `lookup`: at most one row per key, its
    columns are joined to the rows; `history`: several rows per key, summed up per row.
    `hidden_columns` hold labels: they are withheld with the rows of a fold. Where rows of train and
    of test have a table each, `test_file` is that of the test; both are read as one. Where the
    table calls its keys otherwise, these are `table_keys`; its columns become `named`: `home_{}`.
    """

    file: str
    keys: tuple[str, ...]
    role: Literal["labels", "lookup", "history"]
    form: TableForm = TableForm()
    hidden_columns: tuple[str, ...] = ()
    test_file: str = ""
    test_form: TableForm = TableForm()
    table_keys: tuple[str, ...] = ()
    named: str = "{}"

    @property
    def files(self) -> tuple[str, ...]:
        """The table, or both."""
        return (self.file, self.test_file) if self.test_file else (self.file,)


class MediaFiles(Frozen):
    """Files that belong to rows: `train` and `test` are paths in which `{}` is `column`'s value.

    In `train` a field `{table_of_row}` is what the row's table is called (`Layout.train_parts`).
    Rows that are files themselves (`FileRows`) have the column `FILE_COLUMN` and the path `{}`.
    """

    kind: MediaKind
    column: str
    train: str
    test: str


class Panel(Frozen):
    """Series side by side: rows with equal `keys` are one series along `time`."""

    time: str
    keys: tuple[str, ...]
    horizon: float


class PicturePairs(Frozen):
    """Pictures to be changed: those in `train` have a partner of the same name in `answers`.

    Rows are pixels, called `<name>_<row>_<column>` and counted from `first`; an answer is the
    partner's shade of grey from 0 to `scale`. Where the layout has `masks`, partners have the same
    name but for the suffix, and an answer is 1 where they are bright, else 0.
    """

    train: str
    answers: str
    test: str
    suffixes: tuple[str, ...]
    scale: float = 1.0
    first: int = 1


class MaskRuns(Frozen):
    """Answers that are masks: pixels are 1 or 0, and a cell holds all of a picture's.

    It lists `start length` of each run of ones, pixels counted from `first`, `down` the columns or
    else along the lines; `none` is the cell of a picture without any.
    """

    down: bool = True
    first: int = 1
    none: str = ""


class NameTable(Frozen):
    """A table that says for each `id` of the sample submission what it is called in full."""

    file: str
    id: str
    name: str
    form: TableForm = TableForm()


class WideTable(Frozen):
    """A table with a row for each series, named by `key`, and a column for each step in time.

    Columns of steps match `called`: dates, or numbers behind a word; of many only the `last` ones
    are read. Rows are their cells with a value. A row's series is in the column `series`, without
    the `suffix` that the key has here; its step is in the column `time`, under the name of its
    column, or the number at its end where steps are `counted`.

    The sample submission asks for `<series><joint><step>`, or `names` tell that of its ids. With
    `blocks` it has a column for each step ahead instead, `apart` days from each other where steps
    are dates; an id is the series with a suffix, which tells the first of these steps. `shorter`
    are tables of the same series that know fewer steps.
    """

    key: str
    time: str
    series: str
    called: str
    joint: str = ""
    last: int = 0
    counted: bool = False
    suffix: str = ""
    names: NameTable | None = None
    blocks: dict[str, str] = {}
    apart: int = 1
    shorter: tuple[str, ...] = ()


class CellSteps(Frozen):
    """Tables with a sequence in each row, called by `key`, its steps in cells; rows are its steps.

    Cells of `texts` have a character for each step and those of `lists` a number; both tables have
    them. The answers are lists of numbers, or with `characters` texts, of the first steps at least.
    A row has what stands at its step in columns of the same names, what stands in `texts` as many
    as `near` steps before and after, and its place from both ends as `before` and `after`. The
    sample submission asks for `<key><joint><place>`, counted from `first`.
    """

    key: str
    joint: str
    texts: tuple[str, ...]
    lists: tuple[str, ...] = ()
    first: int = 0
    characters: bool = False
    near: int = 3
    before: str = "steps before"
    after: str = "steps after"

    def letters(self) -> list[str]:
        """The columns of what stands in texts at a step, and before and after it."""
        shifts = range(1, self.near + 1)
        near = [f"{n} {side}" for side in ("before", "after") for n in shifts]
        return [name for text in self.texts for name in (text, *(f"{text} {n}" for n in near))]


class LabelCell(Frozen):
    """A training column whose cells hold any number of `labels` with `separator` between them.

    `names` are the targets that stand for the labels, in their order. A cell that is `hidden` says
    that its labels are not told.
    """

    column: str
    separator: str
    labels: tuple[str, ...]
    names: tuple[str, ...]
    hidden: str = ""


class SourceText(Frozen):
    """Answers that are texts made from `column` of the same row, which `same` of them repeat.

    With `part` each is a piece of it. `sequence` and `order` name the columns by which rows beside
    each other are known, such as the words of a sentence; "" where rows stand alone.
    """

    column: str
    same: float = 0.0
    part: bool = False
    sequence: str = ""
    order: str = ""


class Layout(Frozen):
    """What `train_file` and `test_file` of the task are, and what else belongs to their rows.

    `train_files` and `test_files` are set where rows are files; then `train_file` and `test_file`
    name their folders. With `test_from_sample` the test rows are those of the sample submission,
    without its answers. `train_parts` are the training tables where there are several of the same
    columns, the first one `train_file`, by what `TABLE_COLUMN` calls them; they are read below each
    other. With `drop_unlabelled` training rows without an answer are left out when
    the training table is read. `train_only` are tables without a word about any test row: prep
    reads none of them, and they are withheld with the rows of a fold. `archives` were unpacked
    before anything else was read.
    """

    kind: LayoutKind = "one_table"
    train_form: TableForm = TableForm()
    test_form: TableForm = TableForm()
    train_files: FileRows | None = None
    test_files: FileRows | None = None
    test_from_sample: bool = False
    train_parts: dict[str, str] = {}
    drop_unlabelled: bool = False
    related: tuple[RelatedTable, ...] = ()
    train_only: tuple[RelatedTable, ...] = ()
    media: tuple[MediaFiles, ...] = ()
    panel: Panel | None = None
    pixels: PicturePairs | None = None
    masks: MaskRuns | None = None
    label_cell: LabelCell | None = None
    wide: WideTable | None = None
    steps: CellSteps | None = None
    source: SourceText | None = None
    archives: tuple[str, ...] = ()

    def places_of(self, media: MediaFiles) -> tuple[str, ...]:
        """The paths of one kind of files: those of each training table, then that of the test."""
        field = f"{{{TABLE_COLUMN}}}"
        train = [media.train.replace(field, name) for name in self.train_parts] or [media.train]
        return (*dict.fromkeys(train), media.test)

    @property
    def answers_by_cell(self) -> bool:
        """True where a row of the submission answers several rows of ours: pixels, or steps."""
        return self.masks is not None or bool(self.wide and self.wide.blocks)

    @property
    def is_plain(self) -> bool:
        """True where both tables can be read on their own, one file each."""
        joined = self.related or self.test_from_sample or self.drop_unlabelled or self.label_cell
        several = self.train_files or self.test_files or self.pixels or self.train_parts
        return not (several or joined)
