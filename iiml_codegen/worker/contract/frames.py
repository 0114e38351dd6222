"""Frames and series, through pandera: one schema from the clause, all its failures at once.

pandera is imported when a clause about a frame or a series comes up. Its checks answer yes or no
for a whole column: failures cell by cell would hold more than the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..observation import Seen
from .delivery import Breach, Clause, Delivery
from .questions import asked_columns, has_type, questions
from .values import spans
from .wording import SAY, Columns

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

MOST_COLUMNS = 500
"""Beyond that only columns that may break the clause: pandera takes a millisecond for each."""
BY_SCHEMA = {
    "column_in_dataframe": "lacking",
    "column_in_schema": "surplus",
    "column_ordered": "order",
    "dataframe_column_labels_unique": "twice",
}
"""What pandera calls failures that are about columns and not about their values."""


def check_frame(clause: Clause, delivery: Delivery) -> Iterator[Breach]:
    """Everything that a clause says about the columns of a frame or a series."""
    seen = delivery.seen[clause["output"]]
    if seen.kind not in ("frame", "series"):
        return
    frame = as_frame(delivery.outputs[seen.output])
    columns = {name: frame.iloc[:, place] for place, name in enumerate(frame.columns)}
    asked = columns if len(columns) <= MOST_COLUMNS else doubtful(clause, seen, columns)
    for question, names in failures(schema_of(clause, asked), frame).items():
        yield SAY[question](clause, seen, names, columns)


def as_frame(value: Any) -> pd.DataFrame:
    """A frame whose columns have texts as names, or a series as a frame of one column."""
    if isinstance(value, pd.Series):
        return value.to_frame(str(value.name or 0))
    frame: pd.DataFrame = value.copy(deep=False)
    frame.columns = pd.Index([str(name) for name in value.columns], dtype=object)
    return frame


def doubtful(clause: Clause, seen: Seen, columns: Columns) -> Iterable[str]:
    """Columns that the measuring pass has not cleared; those that a clause names come anyway."""
    if clause.get("labels") or clause.get("label_set"):
        return columns
    low, high = seen.minimum, seen.maximum
    measured = low is not None and high is not None
    if measured and clause.get("bounds") and not spans(clause["bounds"], low or 0.0, high or 0.0):
        return columns
    families = tuple(clause.get("families", ()))
    strange = [n for n, c in columns.items() if families and not has_type(c, families)]
    return dict.fromkeys([*seen.missing, *seen.infinite, *seen.not_numbers, *strange])


def schema_of(clause: Clause, columns: Iterable[str]) -> DataFrameSchema:
    """The clause as a schema: columns by name and order, and the questions to each of them."""
    import pandera.pandas as pandera  # heavy, and needed only here

    listed = clause.get("columns", ())
    names = dict.fromkeys([*listed, *asked_columns(clause), *(() if listed else columns)])
    fields = {
        name: pandera.Column(
            nullable=True,
            checks=[
                pandera.Check(ask, name=question, ignore_na=False)
                for question, ask in questions(clause, name)
            ],
        )
        for name in names
    }
    return pandera.DataFrameSchema(
        fields, strict=bool(listed), ordered=bool(listed), unique_column_names=True
    )


def failures(schema: DataFrameSchema, frame: pd.DataFrame) -> dict[str, list[str]]:
    """The columns that fail, by the question, in the order in which pandera found them."""
    from pandera.errors import SchemaErrors

    try:
        schema.validate(frame, lazy=True, inplace=True)
    except SchemaErrors as errors:
        found: dict[str, list[str]] = {}
        cases = errors.failure_cases
        for check, column, case in zip(
            cases["check"], cases["column"], cases["failure_case"], strict=True
        ):
            by_schema = BY_SCHEMA.get(str(check))
            names = found.setdefault(by_schema or str(check), [])
            name = str(case if by_schema else column)
            if name not in names:
                names.append(name)
        return found
    return {}
