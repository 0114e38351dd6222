"""Where rows come from: one table a side, labels apart, files, or the sample's own list of rows."""

from __future__ import annotations

from msgspec.structs import replace

from iiml_codegen.domain.inventory import Inventory, TableInfo
from iiml_codegen.domain.layout import Layout, RelatedTable, WideTable
from iiml_codegen.domain.task import Guess
from iiml_codegen.errors import CompetitionError
from iiml_codegen.planning.file_roles import rows_from_files
from iiml_codegen.planning.hidden_rows import rows_of_hidden_labels
from iiml_codegen.planning.mask_roles import rows_from_masks
from iiml_codegen.planning.media_roles import media_of
from iiml_codegen.planning.picture_roles import rows_from_pixels
from iiml_codegen.planning.related_roles import joined, related_of
from iiml_codegen.planning.source_refusals import (
    refuse_labels_of_many_rows,
    refuse_nothing_shared,
    refuse_target_in_test,
    refuse_unreadable,
    repeats,
    row_names,
)
from iiml_codegen.planning.step_roles import rows_of_cells
from iiml_codegen.planning.table_roles import (
    SAMPLE_WORDS,
    TRAIN_WORDS,
    Sources,
    by_columns,
    by_names,
    extra,
    find_sample,
    named,
    of_labels,
    refuse_empty,
    stem,
)
from iiml_codegen.planning.table_stacks import of_parts, with_parts, with_stacks
from iiml_codegen.planning.train_only import train_only_tables
from iiml_codegen.planning.wide_roles import rows_of_steps


def find_sources(inventory: Inventory) -> Sources:
    """Tell what train and test are; raises CompetitionError where nothing could be learned from."""
    sample = find_sample(inventory)
    data = [table for table in inventory.tables if table.columns and table is not sample]
    data = with_stacks(inventory, data)
    refuse_unreadable(inventory, data)
    found = (
        rows_from_pixels(inventory, sample)
        or rows_from_masks(inventory, sample)
        or rows_of_steps(data, sample)
        or rows_of_cells(inventory, sample)
        or rows_of_hidden_labels(data, sample)
        or from_tables(data, sample)
        or rows_from_files(inventory, sample)
        or from_columns(data, sample)
        or rows_of_sample(data, sample)
    )
    if found is None:
        raise CompetitionError(nothing_found(inventory, data), hint=way_out(inventory))
    refuse_empty(found.train)
    refuse_empty(found.test)
    found = with_parts(completed(found, inventory, data), inventory)
    refuse_nothing_shared(found)
    return replaced(found, (*found.guesses, *sample_by_its_rows(found)))


def replaced(found: Sources, guesses: tuple[Guess, ...]) -> Sources:
    """The same sources, with what was guessed."""
    return Sources(found.train, found.test, found.sample, found.layout, guesses)


def sample_by_its_rows(found: Sources) -> tuple[Guess, ...]:
    """Say so where no name, only the rows tell which table is the sample submission."""
    sample = found.sample
    if sample is None or any(word in stem(sample) for word in SAMPLE_WORDS):
        return ()
    why = f"it lists the rows of {found.test.file} with a column that {found.test.file} lacks"
    return (Guess(what="sample submission", value=sample.file, why=why),)


def from_tables(data: list[TableInfo], sample: TableInfo | None) -> Sources | None:
    """Train and test by name, the labels in train or in a table of their own."""
    pair = by_names(data)
    if pair is None:
        return None
    train, test, guesses = pair
    refuse_empty(train)
    refuse_target_in_test(train, test, sample)
    if extra(train, test):
        return Sources(train, test, sample, table_layout(train, test), guesses)
    return with_labels(train, test, sample, data)


def table_layout(train: TableInfo, test: TableInfo) -> Layout:
    """Two tables as they are written."""
    return Layout(train_form=train.form, test_form=test.form)


def with_labels(
    train: TableInfo, test: TableInfo, sample: TableInfo | None, data: list[TableInfo]
) -> Sources | None:
    """Training rows whose labels are in another table with the same key."""
    others = [table for table in data if table is not train and table is not test]
    for table in sorted(others, key=lambda t: t not in of_labels(others)):
        key = next((n for n in row_names(table, train) if not repeats(train, n)), None)
        told = extra(table, train)
        if key is None or not told:
            continue
        labels = RelatedTable(file=table.file, form=table.form, keys=(key,), role="labels")
        fewer = table.rows < train.rows
        layout = replace(
            table_layout(train, test),
            kind="label_table",
            related=(labels,),
            drop_unlabelled=fewer,
        )
        why = f"{table.file} has {told[0]} for each {key} of {train.file}"
        guess = Guess(what="labels", value=table.file, why=why)
        return Sources(joined(train, table, (key,)), test, sample, layout, (guess,))
    refuse_labels_of_many_rows(train, sample, others)
    raise CompetitionError(
        f"{train.file} has no column that {test.file} lacks: nothing to predict",
        hint="the target must stand in train only, or in a table of labels that has its id",
    )


def rows_of_sample(data: list[TableInfo], sample: TableInfo | None) -> Sources | None:
    """A table with labels; the rows to answer are those that the sample submission lists."""
    if sample is None or not sample.rows:
        return None
    tables = of_labels(data) or [t for t in data if t is named(data, TRAIN_WORDS)] or data
    for train in tables:
        key = next((n for n in sample.names() if n in train.names()), None)
        if key is None or len(train.columns) < 2:
            continue
        told = [n for n in sample.names() if n in train.names() and n != key]
        ids = replace(sample, columns=(sample.column(key),))
        layout = Layout(train_form=train.form, test_form=sample.form, test_from_sample=True)
        why = f"no table of test rows; {sample.file} lists {sample.rows:,} {key}"
        if told or len(sample.columns) > 2 or (len(train.columns) == 2 and len(data) == 1):
            guess = Guess(what="test rows", value=sample.file, why=why)
            return Sources(train, ids, sample, layout, (guess,))
    return None


def from_columns(data: list[TableInfo], sample: TableInfo | None) -> Sources | None:
    """Train and test by their columns alone."""
    pair = by_columns(data)
    if pair is None:
        return None
    train, test = pair
    why = f"{train.file} has columns that {test.file} lacks"
    guess = Guess(what="training table", value=train.file, why=why)
    return Sources(train, test, sample, table_layout(train, test), (guess,))


def completed(found: Sources, inventory: Inventory, data: list[TableInfo]) -> Sources:
    """Add tables and files that belong to the rows."""
    if found.layout.pixels:
        layout = replace(found.layout, archives=inventory.archives)
        return Sources(found.train, found.test, found.sample, layout, found.guesses)
    used = {found.train.file, found.test.file, *(one.file for one in found.layout.related)}
    used |= {one.file for one in found.layout.train_only} | files_of(found.layout.wide)
    others = [table for table in data if table.file not in used]
    lone = train_only_tables(found, others, inventory.silences)
    others = [table for table in others if table.file not in {one.file for one in lone}]
    silences = tuple(one for one in inventory.silences if not one.apart)
    related, train, test = related_of(found, others, silences, inventory.aliases)
    lookups = tuple(one.file for one in related if one.role == "lookup" and not one.table_keys)
    media = found.layout.media or media_of(inventory, train, test, lookups)
    media = of_parts(media, inventory, found.train)
    kind = found.layout.kind
    if kind == "one_table":
        kind = "files_by_id" if media else "related_tables" if related else kind
    by_sample = found.layout.test_from_sample and not found.layout.wide
    if by_sample and any(one.role == "lookup" for one in related):
        kind = "label_table"
    layout = replace(
        found.layout,
        kind=kind,
        related=(*found.layout.related, *related),
        train_only=(*found.layout.train_only, *lone),
        media=media,
        archives=inventory.archives,
    )
    return Sources(train, test, found.sample, layout, found.guesses)


def files_of(wide: WideTable | None) -> set[str]:
    """Tables that belong to one with series and are not joined to it."""
    if wide is None:
        return set()
    return {*wide.shorter, *([wide.names.file] if wide.names else [])}


def nothing_found(inventory: Inventory, data: list[TableInfo]) -> str:
    """What was looked for in vain, and what is there."""
    if inventory.troubles:
        return inventory.troubles[0].said()
    if not inventory.tables and not inventory.groups:
        return "the folder has no table with columns"
    files = ", ".join(table.file for table in data) or "no table"
    groups = ", ".join(group.path for group in inventory.groups)
    return f"no training and test rows among: {files}" + (f"; {groups}" if groups else "")


def way_out(inventory: Inventory) -> str:
    """What a person can do about it."""
    if inventory.troubles and inventory.troubles[0].hint:
        return inventory.troubles[0].hint
    return (
        "name the tables train.csv and test.csv; train needs the column that test lacks."
        " Rows that are files need folders called train and test"
    )
