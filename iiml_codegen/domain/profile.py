"""The profile: what was measured on the data by running code on it (the paper's F_meta)."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.layout import MediaKind
from iiml_codegen.domain.wire import Frozen

Role = Literal["number", "category", "ordinal_code", "date", "text", "id", "constant", "boolean"]
TestIs = Literal["same_groups", "new_groups", "mixed_groups", "after", "between", "overlapping"]


class TextTraits(Frozen):
    """Lengths and alphabet of a text column, over training and test rows."""

    mean_characters: float
    mean_words: float
    distinct_share: float
    uppercase_share: float
    escape_share: float
    quoted_share: float


class StringPattern(Frozen):
    """A structure that most values of a string column share, such as "Surname, Title. Given".

    `kind` is `title` (word before a full stop after a comma), `prefix_number` (letters, then
    digits), `parts` (a separator that splits into the same number of parts), `list` (items in
    square brackets) or `text_list` (such items, long and seldom the same); `share` of rows.
    """

    kind: Literal["title", "prefix_number", "parts", "list", "text_list"]
    share: float
    separator: str = ""


class NumberForm(Frozen):
    """How numbers are written that are no plain ones: "1.234,50 €", "12 %", "(3)" for minus three.

    `plain` numbers share their column only with words for missing values.
    """

    decimal: str = "."
    thousands: str = ""
    plain: bool = True


class Letters(Frozen):
    """Codes of one length, such as "ABBACD", whose places tell something about the target.

    `most` characters stand at one place, `alphabet` at all; `signal` is what the places tell of
    codes that were never seen, as normalised AUC or R2 in 0..1.
    """

    length: int
    most: int
    alphabet: int
    signal: float


class NumberList(Frozen):
    """Cells that are lists of amounts, of `shortest` to `longest` numbers."""

    shortest: int
    longest: int


class ColumnProfile(Frozen):
    """One column as measured; shares are of rows, in 0..1.

    `in_train` and `in_test` are false where a table lacks the column, or all of its values.
    `drift` is the AUC of telling test rows from training rows by this column alone (0.5 = alike).
    `unseen_share` is the share of test values that no training row has (categories, ids, dates).
    `signal` is the score of the column alone on the target, as normalised AUC or R2 in 0..1;
    `value_signal` that of a whole number's single values, whatever their size. `same_moments` names
    the column of dates that tells the same moments, if this one only tells them again.
    """

    name: str
    role: Role
    why: str
    in_train: bool
    in_test: bool
    dtype: str
    distinct: int
    missing_train: float
    missing_test: float
    drift: float = 0.5
    unseen_share: float = 0.0
    signal: float = 0.0
    value_signal: float = 0.0
    minimum: float | None = None
    maximum: float | None = None
    median: float | None = None
    skewness: float | None = None
    date_format: str | None = None
    same_moments: str = ""
    number_form: NumberForm | None = None
    examples: tuple[str, ...] = ()
    text: TextTraits | None = None
    letters: Letters | None = None
    number_list: NumberList | None = None
    patterns: tuple[StringPattern, ...] = ()


class Leak(Frozen):
    """A column that decides the target almost alone by its value or by its presence."""

    column: str
    by: Literal["value", "presence"]
    score: float
    why: str


class Relation(Frozen):
    """How the test rows relate to the training rows in one group or time column.

    `distinct` is how many groups or moments the training rows have; None where none were counted.
    `even`: all groups of both tables have as many rows.
    """

    column: str
    kind: Literal["group", "time"]
    test_is: TestIs
    evidence: str
    distinct: int | None = None
    even: bool = False


class Sequences(Frozen):
    """Rows that are steps of sequences, each of which is in train or in the test as a whole.

    `column` names each of the `distinct` training sequences, `order` puts its steps in order; the
    `shortest` and `longest` have so many. `uneven`: steps lie unevenly in `order`, as moments do.
    `cut`: the test's sequences are of other lengths than train's. `numbers` vary from step to step;
    columns in `within` name groups that hold whole sequences.
    """

    column: str
    order: str
    distinct: int
    shortest: int
    longest: int
    uneven: bool = False
    cut: bool = False
    numbers: tuple[str, ...] = ()
    within: tuple[str, ...] = ()


class TargetProfile(Frozen):
    """Distribution of one target; `shares` by label for classes, moments for numbers."""

    name: str
    distinct: int
    missing: float
    shares: dict[str, float] = {}
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    skewness: float | None = None
    integral: bool = False
    number_form: NumberForm | None = None


class MediaProfile(Frozen):
    """Files that belong to rows, as `domain.layout.MediaFiles` says; shares are of rows.

    Broken files are empty, of another kind than their name says, or cut off.
    """

    kind: MediaKind
    column: str
    train: str
    test: str
    missing_train: float = 0.0
    missing_test: float = 0.0
    broken_train: float = 0.0
    broken_test: float = 0.0
    broken_example: str = ""
    median_bytes: float = 0.0


class Raster(Frozen):
    """Columns that hold the shades of one picture per row, from `darkest` to `brightest`.

    Line by line from the top: `lines` of shades, `pixels` of three colours each, or `planes`, one
    for each colour. With `in_cells` all of them stand in each cell of the one column.
    """

    columns: tuple[str, ...]
    high: int
    wide: int
    order: Literal["lines", "pixels", "planes"]
    darkest: float
    brightest: float
    in_cells: bool = False

    @property
    def channels(self) -> int:
        """Numbers of a pixel."""
        return 1 if self.order == "lines" else 3


class PhrasePair(Frozen):
    """Two columns of short phrases that share words, and share them within rows.

    `shared_words` is the share of the words of one that occur in the other; `alike` the share of
    rows whose two phrases have a word in common, `by_chance` that of phrases of different rows.
    """

    columns: tuple[str, str]
    shared_words: float
    alike: float
    by_chance: float


class Point(Frozen):
    """Columns that together are one point: latitude and longitude, or x and y, or x, y and z."""

    name: str
    columns: tuple[str, ...]


class Map(Frozen):
    """Points of each row between which one can measure: on the earth, or on one plane.

    `signal` is what the cells of a grid tell about the target where one place on the earth is all.
    """

    on_earth: bool
    points: tuple[Point, ...]
    signal: float = 0.0


class DataProfile(Frozen):
    """Everything measured about a competition's tables.

    `text_neighbours` and the like stay out: each field here is used by the guideline agent, the
    contract or the report. `seconds` is what profiling took.
    """

    train_rows: int
    test_rows: int
    columns: tuple[ColumnProfile, ...]
    targets: tuple[TargetProfile, ...]
    duplicate_train_rows: int = 0
    shared_rows: int = 0
    constant_prediction_score: float | None = None
    leaks: tuple[Leak, ...] = ()
    relations: tuple[Relation, ...] = ()
    sequences: Sequences | None = None
    adversarial_auc: float | None = None
    one_hot_groups: tuple[tuple[str, ...], ...] = ()
    media: tuple[MediaProfile, ...] = ()
    rasters: tuple[Raster, ...] = ()
    phrase_pairs: tuple[PhrasePair, ...] = ()
    maps: tuple[Map, ...] = ()
    warnings: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnProfile:
        """The profile of a column; raises KeyError for a name that is not in the tables."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def free_texts(self) -> tuple[ColumnProfile, ...]:
        """Columns of sentences: text, but no lists, no pictures and no names of people."""
        pictures = self.in_pictures()
        texts = [
            column
            for column in self.with_role("text")
            if column.name not in pictures and column.number_list is None
        ]
        others = ("title", "list")
        return tuple(c for c in texts if not any(p.kind in others for p in c.patterns))

    def in_pictures(self) -> frozenset[str]:
        """The names of all columns that are pixels."""
        return frozenset(name for raster in self.rasters for name in raster.columns)

    def with_role(self, *roles: Role) -> tuple[ColumnProfile, ...]:
        """Columns of these roles that both tables have, in file order."""
        return tuple(c for c in self.columns if c.role in roles and c.in_train and c.in_test)
