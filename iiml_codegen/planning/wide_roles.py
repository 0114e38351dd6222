"""Series with a column for each step in time, of which the sample asks for later ones."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo, TableInfo
from iiml_codegen.domain.layout import Layout, Panel, RelatedTable, WideTable
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.table_roles import Sources
from iiml_codegen.planning.wide_samples import Question, question_of
from iiml_codegen.planning.wide_steps import days_of, number_of, wide_tables, word_of

TIME, PERIOD = "date", "period"
MOST_CELLS = 6_000_000
FEWEST_REACHES = 3
"""Of long tables the last steps are read: as many as make so many rows, or reach so often."""


@dataclass(frozen=True)
class Clock:
    """The column of the rows' steps, what dates them, and how many days a step takes."""

    time: str
    counted: bool
    dated: str
    days: float = 1.0


def rows_of_steps(data: list[TableInfo], sample: TableInfo | None) -> Sources | None:
    """Read cells of a wide table as rows; None where no table has columns of steps."""
    wides = wide_tables(data)
    asked = question_of(wides, data, sample) if sample is not None and wides else None
    if sample is None or asked is None:
        return None
    wide, table = asked.wide, asked.wide.table
    alike = [one for one in wides if one is not wide and set(one.steps) & set(wide.steps)]
    rest = [one for one in data if one not in [other.table for other in (wide, *alike)]]
    clock = clock_of(rest, asked)
    if clock.time in table.names():
        return None
    last = steps_read(asked)
    form = replace(
        asked.form,
        time=clock.time,
        counted=clock.counted,
        last=last,
        shorter=tuple(one.table.file for one in alike),
    )
    reach = float(max(1.0, asked.ahead * clock.days))
    layout = Layout(
        kind="wide_series",
        train_form=table.form,
        test_form=sample.form,
        test_from_sample=True,
        wide=form,
        panel=Panel(time=clock.dated, keys=(form.series,), horizon=reach),
        train_only=too_short(rest, asked, clock),
    )
    guesses = guesses_of(asked, form, clock, [one.table for one in alike])
    return sources(asked, sample, layout, clock, guesses)


def sources(
    asked: Question, sample: TableInfo, layout: Layout, clock: Clock, guesses: tuple[Guess, ...]
) -> Sources:
    """Both sides with the columns that cells get."""
    table, form = asked.wide.table, asked.form
    read = asked.wide.steps[-layout.wide.last :] if layout.wide else asked.wide.steps
    told = [
        replace(c, name=form.series if c.name == form.key else c.name, unique=False)
        for c in asked.wide.others
    ]
    told.append(moments(read, clock))
    answer = sample.columns[1].name if not form.blocks else free_name(told)
    cell = replace(table.column(read[-1]), name=answer, distinct=10_000, unique=False, values=())
    ids = () if form.blocks else (sample.columns[0],)
    train = replace(
        table,
        rows=table.rows * len(read),
        columns=(*told, replace(cell, missing=0, examples=cell.examples or ("0",))),
        keys=(),
    )
    test = replace(sample, rows=asked.rows, columns=(*ids, *told))
    return Sources(train, test, sample, layout, guesses)


def free_name(columns: list[ColumnInfo]) -> str:
    """What the cells of a table are called, which no file names."""
    taken = {column.name for column in columns}
    return next(name for name in ("value", "amount", "cell") if name not in taken)


def steps_read(asked: Question) -> int:
    """How many of the last steps are read; 0 for all."""
    rows = max(1, asked.wide.table.rows)
    most = max(MOST_CELLS // rows, FEWEST_REACHES * asked.ahead)
    return most if most < len(asked.wide.steps) else 0


def clock_of(tables: list[TableInfo], asked: Question) -> Clock:
    """What tells when steps are: they themselves, a table with a row for each, or nothing."""
    if asked.wide.dated:
        return Clock(TIME, counted=False, dated=TIME, days=float(asked.wide.apart))
    for table in tables:
        for column in table.columns:
            counted = column.dtype == "int" and column.name == word_of(asked.wide.steps[-1])
            named = column.dtype == "string" and asked.wide.has(column.examples)
            if not (column.unique and (named or counted) and reaches(column, asked)):
                continue
            dates = [c for c in table.columns if c.first and c.last and c.unique]
            if not dates and counted:
                return Clock(column.name, counted, column.name)
            if not dates:
                continue
            days = days_of(str(dates[0].first), str(dates[0].last)) / max(1, table.rows - 1)
            return Clock(column.name, counted, dates[0].name, days)
    return Clock(PERIOD, counted=True, dated=PERIOD)


def reaches(column: ColumnInfo, asked: Question) -> bool:
    """Whether a column that names steps knows the last one that is asked for."""
    if column.last:
        return column.last[:10] >= asked.last
    if column.dtype == "string":
        return column.distinct >= len(asked.wide.steps) + asked.ahead
    return column.maximum is not None and column.maximum >= number_of(asked.last)


def too_short(tables: list[TableInfo], asked: Question, clock: Clock) -> tuple[RelatedTable, ...]:
    """Tables by step that end before the last step that is asked for: they may hold labels."""
    found = []
    for table in tables:
        column = next((c for c in table.columns if c.name == clock.time), None)
        if column is None or reaches(column, asked):
            continue
        told = tuple(name for name in table.names() if name != clock.time)
        found.append(
            RelatedTable(
                file=table.file,
                form=table.form,
                keys=(clock.time,),
                role="history",
                hidden_columns=told,
            )
        )
    return tuple(found)


def moments(steps: tuple[str, ...], clock: Clock) -> ColumnInfo:
    """The column of steps that cells get."""
    plain = [str(number_of(step)) if clock.counted else step for step in steps]
    column = ColumnInfo(
        name=clock.time,
        dtype="int" if clock.counted else "string",
        distinct=len(plain),
        missing=0,
        unique=False,
        integral=clock.counted,
        mean_characters=float(len(plain[-1])),
        examples=tuple(plain[:5]),
    )
    if clock.counted:
        ends = {"minimum": float(plain[0]), "maximum": float(plain[-1])}
        return replace(column, **ends, median=float(plain[len(plain) // 2]))
    if clock.time != TIME:
        return column
    return replace(column, first=f"{plain[0]}T00:00:00", last=f"{plain[-1]}T00:00:00")


def guesses_of(
    asked: Question, form: WideTable, clock: Clock, alike: list[TableInfo]
) -> tuple[Guess, ...]:
    """What is said about rows that no file lists as such."""
    wide, table = asked.wide, asked.wide.table
    step = "date" if wide.dated else "step"
    why = f"{table.file} has a column for each {step} from {wide.steps[0]} to {wide.steps[-1]}"
    found = [Guess(what="rows", value=f"a {form.series} on a {clock.dated}", why=why)]
    if form.last:
        read = f"the last {form.last:,} of {len(wide.steps):,} steps"
        why = f"{table.rows:,} series of all steps are more than {MOST_CELLS:,} rows"
        found.append(Guess(what="steps read", value=read, why=why))
    for suffix, first in asked.known:
        value = f"those of {suffix or 'the sample'} from {first} on"
        why = f"{table.file} knows what they ask for, and its values are handed in"
        found.append(Guess(what="rows that need no forecast", value=value, why=why))
    for other in alike:
        why = f"it has steps of {table.file} again, and is not read"
        found.append(Guess(what="table left out", value=other.file, why=why))
    return tuple(found)
