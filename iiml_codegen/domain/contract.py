"""The interface contract: what must hold between prep and model, as checkable clauses.

One clause is the postcondition of `prepare` and the precondition of each model that reads its
output: who breaks it is told by side, `fulfilment` or `usage`.
"""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.wire import Frozen

ObjectKind = Literal["frame", "array", "sparse", "series", "tensor", "loader", "config", "towers"]
Shape = Literal["features", "target", "groups", "ids", "config"]
Family = Literal["number", "integer", "float", "boolean", "category", "text", "date"]
"""What a column may hold; a boolean is a number too, and so is an integer or a float."""
Bounds = tuple[float | None, float | None]
"""Least and greatest value, both allowed; None leaves a side open."""


class Setting(Frozen, omit_defaults=True):
    """What one key of a configuration object must be; an empty field is not checked."""

    type: Literal["int", "float", "str", "bool", "list", "dict"] | None = None
    bounds: Bounds | None = None
    one_of: tuple[str | int | float, ...] = ()


class Clause(Frozen, omit_defaults=True):
    """One clause about one output of `prepare`, read by people and executed by the worker.

    A field that is None, empty or False is not checked. `output` may name a part of a dict of
    towers: `rows_train.image`.

    Kind and size: `kind` lists what the object may be, `rows_like` says which table its rows
    follow, `width` is the number of columns, `max_bytes` what it may take in memory.
    Rows: `in_order` says that they stand as in the table, `aligned_with` names an output whose
    rows they match one by one, `unique` that no value stands twice. `mirrors` are columns of the
    table: one that the output holds unchanged stands in the table's order, and a target is equal.
    Columns: `columns` are all of them in their order; `same_columns_as` and `same_categories_as`
    name another output; `forbidden_columns` must not appear (targets, ids), nor may a training
    feature repeat the target.
    Values: `families` hold for every column, `dtypes` (a family, or a dtype's exact name) and
    `ranges` for single ones, `bounds` for all numbers; `levels` says how many codes an encoded
    category has; `labels` is the number of class codes of a target, `label_set` lists its values.
    Sparse tables: `stays_sparse` refuses dense storage, `min_zeros` is the least share of zeros.
    Loaders and datasets: `length` counts batches or items, `batch` the rows of the first one,
    `parts` what it is made of, such as 2 for rows and labels.
    Configuration and towers: `settings` by key, and the `towers` that a dict must have.
    """

    id: str
    output: str
    says: str
    shape: Shape
    kind: tuple[ObjectKind, ...]
    rows_like: Literal["train", "test"] | None = None
    same_columns_as: str | None = None
    width: int | None = None
    no_missing: bool = False
    finite: bool = True
    numeric: bool = False
    forbidden_columns: tuple[str, ...] = ()
    labels: int | None = None
    bounds: Bounds | None = None
    step: str | None = None
    in_order: bool = False
    aligned_with: str | None = None
    unique: bool = False
    columns: tuple[str, ...] = ()
    same_categories_as: str | None = None
    families: tuple[Family, ...] = ()
    dtypes: dict[str, str] = {}
    ranges: dict[str, Bounds] = {}
    levels: dict[str, int] = {}
    label_set: tuple[str | int | float, ...] = ()
    stays_sparse: bool = False
    min_zeros: float | None = None
    max_bytes: int | None = None
    length: int | None = None
    batch: int | None = None
    parts: int | None = None
    settings: dict[str, Setting] = {}
    towers: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()


class View(Frozen):
    """A pair of outputs that models of one sort consume: `<name>_train`, `<name>_test`."""

    name: str
    kind: ObjectKind
    says: str


class Binding(Frozen):
    """Which output feeds which parameter of a model, and the evidence for it."""

    module: str
    parameter: str
    output: str
    evidence: str


class Contract(Frozen):
    """All clauses and the views that models may ask for."""

    views: tuple[View, ...]
    clauses: tuple[Clause, ...]
    target_output: str = "target"

    def clauses_for(self, output: str) -> tuple[Clause, ...]:
        """The clauses that speak about one output."""
        return tuple(clause for clause in self.clauses if clause.output == output)

    def view(self, name: str) -> View | None:
        """A view by its name."""
        return next((view for view in self.views if view.name == name), None)


class Breach(Frozen):
    """A clause that the live objects do not meet, as the worker says it.

    `code` is the rule of rung 3, `names` are the columns, keys or towers concerned, `evidence` is
    what was measured.
    """

    code: str
    clause: str
    output: str
    message: str
    names: tuple[str, ...] = ()
    evidence: str = ""


class Observation(Frozen):
    """What an output really was when prep ran; for binding, hover and violations.

    `column_dtypes` stand in the order of `column_names`; `missing_columns` have gaps. `examples`
    are the first different values of each of the first columns, as text.
    """

    output: str
    type: str
    rows: int
    columns: int
    dtype: str
    missing: int
    minimum: float | None = None
    maximum: float | None = None
    column_names: tuple[str, ...] = ()
    column_dtypes: tuple[str, ...] = ()
    missing_columns: tuple[str, ...] = ()
    bytes: int = 0
    examples: tuple[str, ...] = ()
