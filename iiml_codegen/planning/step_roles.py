"""Tables with a sequence in each row, whose steps stand in cells and are asked for one by one."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo, Inventory, TableInfo, ToldSteps
from iiml_codegen.domain.layout import CellSteps, Layout
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.plan_words import enumerated
from iiml_codegen.planning.table_roles import Sources

MOST_AROUND = 42
"""Columns of what stands around a step; of many texts fewer steps are looked at."""
NEAR = 5
BEFORE, AFTER = "steps before", "steps after"


def steps_told(inventory: Inventory, sample: TableInfo | None) -> ToldSteps | None:
    """The sequences whose steps the sample asks for, if it does."""
    asked = sample.file if sample else ""
    return next((told for told in inventory.steps if told.sample == asked), None)


def rows_of_cells(inventory: Inventory, sample: TableInfo | None) -> Sources | None:
    """Read steps of sequences as rows; None where the sample asks for none."""
    told = steps_told(inventory, sample)
    if told is None or sample is None:
        return None
    tables = {table.file: table for table in inventory.tables}
    train, test = tables[told.table], tables[told.other]
    known = {*train.names(), *test.names()}
    near = max(1, min(NEAR, MOST_AROUND // (2 * max(1, len(told.texts)))))
    steps = CellSteps(
        key=told.key,
        joint=told.joint,
        texts=told.texts,
        lists=told.lists,
        first=told.first,
        characters=told.characters,
        near=near,
        before=new_name(BEFORE, known),
        after=new_name(AFTER, known),
    )
    answers = [column.name for column in told.answers]
    around = columns_of_steps(steps)
    shown = [tuple(plain(t, (*told.texts, *told.lists, *answers))) for t in (train, test)]
    layout = Layout(
        kind="cell_steps",
        train_form=train.form,
        test_form=test.form,
        test_from_sample=True,
        steps=steps,
    )
    cells = enumerated([*told.texts, *told.lists])
    asked = sample.columns[0].examples[0]
    why = f"ids such as {asked} in {sample.file} are made of {told.key} and a place in {cells}"
    guess = Guess(what="rows", value=f"steps of the sequences that {told.key} names", why=why)
    return Sources(
        replace(train, rows=told.rows, columns=(*shown[0], *around, *told.answers), keys=()),
        replace(test, rows=sample.rows, columns=(sample.columns[0], *shown[1], *around), keys=()),
        sample,
        layout,
        (guess,),
    )


def new_name(name: str, known: set[str]) -> str:
    """A name that no column has."""
    while name in known:
        name = f"{name} it"
    return name


def plain(table: TableInfo, cells: tuple[str, ...]) -> list[ColumnInfo]:
    """Columns that say something of a sequence as a whole; none of them names a step."""
    return [replace(one, unique=False) for one in table.columns if one.name not in cells]


def columns_of_steps(steps: CellSteps) -> tuple[ColumnInfo, ...]:
    """The columns that steps get from cells."""
    numbers = [*steps.lists, steps.before, steps.after]
    letters = [one_of(name, "string") for name in steps.letters()]
    return (*letters, *(one_of(name) for name in numbers))


def one_of(name: str, dtype: Literal["string", "float"] = "float") -> ColumnInfo:
    """A column of cells that are looked at when the rows are."""
    return ColumnInfo(name=name, dtype=dtype, distinct=100, missing=0, unique=False, integral=False)
