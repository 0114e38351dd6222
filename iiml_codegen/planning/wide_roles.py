"""Series with a column for each date, of which the sample submission asks for later dates."""

from __future__ import annotations

import re
from datetime import date

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo, TableInfo
from iiml_codegen.domain.layout import Layout, Panel, WideTable
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.table_roles import TRAIN_WORDS, Sources, named

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
FEWEST_DATES = 10
TIME = "date"


def rows_of_dates(data: list[TableInfo], sample: TableInfo | None) -> Sources | None:
    """Read cells of a wide table as rows; None where no table has columns of dates."""
    train = named(data, TRAIN_WORDS) or (data[0] if len(data) == 1 else None)
    if train is None or sample is None or len(sample.columns) != 2:
        return None
    dates = [name for name in train.names() if DATE.fullmatch(name)]
    others = tuple(column for column in train.columns if column.name not in dates)
    asked = asked_for(sample, others)
    if len(dates) < FEWEST_DATES or asked is None or TIME in train.names():
        return None
    key, joint, first = asked
    answer = sample.columns[1].name
    last, before = date.fromisoformat(dates[-1]), date.fromisoformat(dates[-2])
    steps = max(1, sample.rows // max(1, train.rows))
    ahead = (date.fromisoformat(first) - last).days + (steps - 1) * (last - before).days
    value = replace(train.column(dates[-1]), name=answer, distinct=10_000, unique=False, values=())
    wide = WideTable(key=key, time=TIME, joint=joint)
    layout = Layout(
        kind="wide_series",
        train_form=train.form,
        test_form=sample.form,
        test_from_sample=True,
        wide=wide,
        panel=Panel(time=TIME, keys=(key,), horizon=float(max(1, ahead))),
    )
    told = (*others, moments(dates))
    why = f"{train.file} has a column for each date from {dates[0]} to {dates[-1]}"
    guess = Guess(what="rows", value=f"a {key} on a {TIME}", why=why)
    return Sources(
        replace(train, rows=train.rows * len(dates), columns=(*told, value), keys=()),
        replace(sample, columns=(sample.columns[0], *told)),
        sample,
        layout,
        (guess,),
    )


def asked_for(sample: TableInfo, others: tuple[ColumnInfo, ...]) -> tuple[str, str, str] | None:
    """The column that names series, what stands between it and the date, and the first date."""
    shown = [re.fullmatch(rf"(.+?)(\W|_)({DATE.pattern})", t) for t in sample.columns[0].examples]
    parts = [one.groups() for one in shown if one]
    if not parts or len(parts) < len(shown) or len({joint for _, joint, _ in parts}) > 1:
        return None
    for column in others:
        if column.unique and any(name in column.examples for name, _, _ in parts):
            return column.name, parts[0][1], min(day for _, _, day in parts)
    return None


def moments(dates: list[str]) -> ColumnInfo:
    """The column of dates that cells get."""
    return ColumnInfo(
        name=TIME,
        dtype="string",
        distinct=len(dates),
        missing=0,
        unique=False,
        integral=False,
        mean_characters=10.0,
        first=f"{dates[0]}T00:00:00",
        last=f"{dates[-1]}T00:00:00",
        examples=tuple(dates[:5]),
    )
