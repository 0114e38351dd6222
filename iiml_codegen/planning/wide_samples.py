"""What a sample submission asks of series: cells by name, or a column for each step ahead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from iiml_codegen.domain.inventory import ColumnInfo, TableInfo
from iiml_codegen.domain.layout import NameTable, WideTable
from iiml_codegen.planning.table_roles import extra
from iiml_codegen.planning.wide_steps import Wide, consecutive, step_between, word_in

SERIES = "series"


@dataclass(frozen=True)
class Question:
    """The table that knows the series, and how the sample asks for their later steps.

    `form` has no time yet. `ahead` steps lie behind the table's last one, up to `last`; `rows` are
    cells to be forecast. `known` are suffixes of ids with their first steps, which the table knows.
    """

    wide: Wide
    form: WideTable
    ahead: int
    rows: int
    known: tuple[tuple[str, str], ...] = ()

    @property
    def last(self) -> str:
        """The last step that is asked for."""
        return self.wide.after(self.ahead)


@dataclass(frozen=True)
class Named:
    """A table of series, the column that names them, what all names end with, and sample ids do."""

    wide: Wide
    key: str
    suffix: str
    endings: tuple[str, ...]


def question_of(wides: list[Wide], data: list[TableInfo], sample: TableInfo) -> Question | None:
    """How the sample asks; None where it asks for something else, such as a column of a table."""
    answers = set(sample.names()[1:])
    if any(answers <= {column.name for column in others(table, wides)} for table in data):
        return None
    wides = [wide for wide in wides if not are_features(wide, wides)]
    if len(sample.columns) > 2:
        return asked_ahead(wides, sample)
    if len(sample.columns) < 2:
        return None
    for wide in wides:
        found = asked_by_name(wide, sample, sample.columns[0], None)
        if found is not None:
            return found
        for table in data:
            names = names_in(table, sample.columns[0])
            for column in table.columns if names and table is not wide.table else ():
                told = replace_name(names, column.name)
                found = asked_by_name(wide, sample, column, told)
                if found is not None:
                    return found
    return None


def others(table: TableInfo, wides: list[Wide]) -> tuple[ColumnInfo, ...]:
    """Columns of a table that are no steps."""
    return next((wide.others for wide in wides if wide.table is table), table.columns)


def are_features(wide: Wide, wides: list[Wide]) -> bool:
    """Whether numbered columns are features of test rows: train has them too, and more beside."""
    alike = (w for w in wides if w is not wide and w.steps == wide.steps)
    return not wide.dated and any(extra(one.table, wide.table) for one in alike)


def names_in(table: TableInfo, ids: ColumnInfo) -> NameTable | None:
    """A table that explains the sample's ids, if it has them; the name is yet to be found."""
    for column in table.columns:
        alike = column.name == ids.name or column.examples == ids.examples
        if column.unique and alike and set(column.examples) & set(ids.examples):
            return NameTable(file=table.file, id=column.name, name="", form=table.form)
    return None


def replace_name(names: NameTable | None, name: str) -> NameTable | None:
    """The table of names with the column that tells them."""
    if names is None or name == names.id:
        return None
    return NameTable(file=names.file, id=names.id, name=name, form=names.form)


def asked_by_name(
    wide: Wide, sample: TableInfo, column: ColumnInfo, names: NameTable | None
) -> Question | None:
    """Names of a series and a step, in the sample's ids or in what explains them."""
    pattern = rf"(.+)(\W|_)({wide.called})"
    shown = [re.fullmatch(pattern, text) for text in column.examples]
    parts = [one.groups() for one in shown if one]
    if not parts or len(parts) < len(shown) or len({joint for _, joint, _ in parts}) > 1:
        return None
    first = min((step for _, _, step in parts), key=wide.behind)
    key = key_named(wide, sample, {name for name, _, _ in parts})
    if key is None or wide.behind(first) < 1:
        return None
    steps = max(1, sample.rows // max(1, wide.table.rows))
    form = WideTable(
        key=key,
        time="",
        series=series_of(key, sample),
        called=wide.called,
        joint=parts[0][1],
        names=names,
    )
    return Question(wide, form, wide.behind(first) + steps - 1, sample.rows)


def key_named(wide: Wide, sample: TableInfo, names: set[str]) -> str | None:
    """The column of the table that has such names; else the only one of texts that name rows.

    That one counts where the sample asks for as many steps of each series.
    """
    unique = [column for column in wide.others if column.unique and column.dtype == "string"]
    shown = [column.name for column in unique if names & set(column.examples)]
    even = sample.rows > 0 and sample.rows % max(1, wide.table.rows) == 0
    if shown or len(unique) != 1 or not even:
        return next(iter(shown), None)
    return unique[0].name


def series_of(key: str, sample: TableInfo) -> str:
    """What rows call the column of series: the sample's ids keep their own name."""
    return SERIES if key == sample.columns[0].name else key


def asked_ahead(wides: list[Wide], sample: TableInfo) -> Question | None:
    """Ids of series, perhaps with suffixes, and a column for each step ahead."""
    answers = sample.names()[1:]
    found = [one for wide in wides if (one := named_in(wide, sample.columns[0])) is not None]
    if not found or not (counts_on(answers) or found[0].wide.dated):
        return None
    best = found[0]
    wide = best.wide
    count = len(answers)
    if all(re.fullmatch(wide.called, name) for name in answers):
        blocks = {best.endings[0] if best.endings else "": answers[0]}
    elif counts_on(answers) and sample.rows == wide.table.rows * max(1, len(best.endings)):
        blocks = blocks_of(best, found, count)
    else:
        return None
    if wide.dated and not evenly(wide.steps):
        return None
    behind = {suffix: wide.behind(first) for suffix, first in blocks.items()}
    ahead = max(behind.values()) + count - 1
    if ahead < 1:
        return None
    new = sum(min(count, max(0, first + count - 1)) for first in behind.values())
    form = WideTable(
        key=best.key,
        time="",
        series=series_of(best.key, sample),
        called=wide.called,
        suffix=best.suffix,
        blocks=blocks,
        apart=wide.apart,
    )
    known = tuple((s, blocks[s]) for s, first in behind.items() if first + count - 1 < 1)
    return Question(wide, form, ahead, new * wide.table.rows, known)


def counts_on(answers: Sequence[str]) -> bool:
    """Whether columns have one word and consecutive numbers, as `F1` to `F28`."""
    numbered = all(re.fullmatch(r".*?\d+", name) for name in answers)
    return numbered and len({word_in(name) for name in answers}) == 1 and consecutive(answers)


def evenly(dates: Sequence[str]) -> bool:
    """Whether dates are as many days apart from each other everywhere."""
    return len({step_between(*pair) for pair in pairwise(dates)}) == 1


def named_in(wide: Wide, ids: ColumnInfo) -> Named | None:
    """The column whose names the sample's ids are, as they stand or but for what both end with."""
    for key in wide.others:
        own = key.endings if len(key.endings) == 1 else ()
        if not key.unique:
            continue
        if len(ids.endings) < 2 and set(ids.examples) & set(key.examples):
            return Named(wide, key.name, "", ())
        asked = {bare(text, ids.endings) for text in ids.examples}
        if ids.endings and asked & {bare(text, own) for text in key.examples}:
            return Named(wide, key.name, own[0] if own else "", ids.endings)
    return None


def bare(text: str, endings: Sequence[str]) -> str:
    """A name without its ending."""
    ending = next((one for one in endings if text.endswith(one)), "")
    return text.removesuffix(ending)


def blocks_of(best: Named, found: list[Named], count: int) -> dict[str, str]:
    """The first step of each suffix: that behind the last one of the table with such names.

    Other suffixes follow, in the order of the sample.
    """
    wide, blocks = best.wide, dict[str, str]()
    for suffix in best.endings or ("",):
        own = next((one.wide for one in found if one.suffix == suffix and suffix), None)
        if own is not None and own.called == wide.called:
            blocks[suffix] = wide.after(wide.behind(own.steps[-1]) + 1)
    for suffix in best.endings or ("",):
        if suffix not in blocks:
            ends = [wide.behind(first) + count for first in blocks.values()]
            blocks[suffix] = wide.after(max([1, *ends]))
    return {suffix: blocks[suffix] for suffix in best.endings or ("",)}
