"""The interface contract: what must hold between prep and model, as checkable clauses."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.wire import Frozen

ObjectKind = Literal["frame", "array", "sparse", "series"]
Shape = Literal["features", "target", "groups"]


class Clause(Frozen):
    """One clause about one output of `prepare`, read by people and executed by the worker.

    A field that is None or empty is not checked. `rows_like` says which table the rows follow;
    `columns` are required for frames (order too); `bounds` are inclusive; `labels` is the number
    of class codes for a target; `forbidden_columns` must not appear (targets, ids).
    """

    id: str
    output: str
    says: str
    shape: Shape
    kind: tuple[ObjectKind, ...]
    rows_like: Literal["train", "test"]
    same_columns_as: str | None = None
    width: int | None = None
    no_missing: bool = False
    finite: bool = True
    numeric: bool = False
    forbidden_columns: tuple[str, ...] = ()
    labels: int | None = None
    bounds: tuple[float, float] | None = None
    step: str | None = None


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


class Observation(Frozen):
    """What an output really was when prep ran; for binding, hover and violations."""

    output: str
    type: str
    rows: int
    columns: int
    dtype: str
    missing: int
    minimum: float | None = None
    maximum: float | None = None
    column_names: tuple[str, ...] = ()
