"""Tables that belong to rows of train and test by equal values: one row each, or a history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec.structs import replace

from iiml_codegen.domain.inventory import Alias, Silence, TableInfo
from iiml_codegen.domain.layout import RelatedTable
from iiml_codegen.planning.table_pairs import as_one, in_pairs
from iiml_codegen.planning.table_roles import Sources, extra


def related_of(
    found: Sources,
    others: list[TableInfo],
    silences: tuple[Silence, ...] = (),
    aliases: tuple[Alias, ...] = (),
) -> tuple[tuple[RelatedTable, ...], TableInfo, TableInfo]:
    """The related tables, and train and test with the columns that lookups join to them."""
    train, test = found.train, found.test
    told = extra(train, test)
    related: list[RelatedTable] = []
    for own, theirs in in_pairs(others):
        table = as_one(own, theirs)
        keys = keys_of(table, train, test)
        if not keys or table.rows == 0:
            continue
        unique = any(set(key) <= set(keys) for key in table.keys) or names_rows(table, keys)
        quiet = silent_about_test(table, found, silences)
        lacked = extra(own, theirs) if theirs else ()
        hidden = tuple(n for n in table.names() if n in told or n in quiet or n in lacked)
        role: Literal["lookup", "history"] = "lookup" if unique else "history"
        if role == "lookup" and not extra_columns(table, train, hidden):
            continue
        one = RelatedTable(
            file=table.file, form=table.form, keys=keys, role=role, hidden_columns=hidden
        )
        if theirs is not None:
            one = replace(one, test_file=theirs.file, test_form=theirs.form)
        related.append(one)
        if role == "lookup":
            useful = replace(table, columns=tuple(c for c in table.columns if c.name not in hidden))
            train, test = joined(train, useful, keys), joined(test, useful, keys)
    for one, useful in under_other_names(found, others, told, silences, aliases):
        train, test = joined(train, useful, ()), joined(test, useful, ())
        related.append(one)
    return tuple(related), train, test


def under_other_names(
    found: Sources,
    others: list[TableInfo],
    told: tuple[str, ...],
    silences: tuple[Silence, ...],
    aliases: tuple[Alias, ...],
) -> Iterator[tuple[RelatedTable, TableInfo]]:
    """Tables once for each column that names one of their rows, as home and away; what they add.

    Tables with columns that the test rows do not have are left out.
    """
    for table in others:
        hidden = {*told, *silent_about_test(table, found, silences)}
        ours = {one.other: one for one in aliases if one.table == table.file}
        train, test = ours.get(found.train.file), ours.get(found.test.file)
        if hidden & set(table.names()) or train is None or test is None:
            continue
        both = [name for name in train.columns if name in test.columns]
        if len(both) < 2 or (train.stem, train.keys) != (test.stem, test.keys):
            continue
        keys = (*train.keys, train.stem)
        for name in both:
            one = RelatedTable(
                file=table.file,
                form=table.form,
                keys=(*train.keys, name),
                role="lookup",
                table_keys=keys,
                named=train.columns[name],
            )
            yield one, called(table, one)


def called(table: TableInfo, related: RelatedTable) -> TableInfo:
    """The table without its keys, its columns called as they are when it is joined."""
    kept = [column for column in table.columns if column.name not in related.table_keys]
    named = (replace(c, name=related.named.replace("{}", c.name)) for c in kept)
    return replace(table, columns=tuple(named))


def silent_about_test(
    table: TableInfo, found: Sources, silences: tuple[Silence, ...]
) -> frozenset[str]:
    """Columns that are empty for all test rows, but not for training rows: they may hold labels."""
    ours = [one for one in silences if one.table == table.file]
    test = {name for one in ours if one.other == found.test.file for name in one.columns}
    train = {name for one in ours if one.other == found.train.file for name in one.columns}
    return frozenset(test - train)


def keys_of(table: TableInfo, train: TableInfo, test: TableInfo) -> tuple[str, ...]:
    """What ties a table to the rows: columns that all three have, with values of one sort.

    A single column that names the table's rows is enough; else the smallest set that does. For a
    history it is what names the rows of train, else the column with most values and those by which
    its files are parted.
    """
    both = [n for n in table.names() if n in train.names() and n in test.names()]
    both = [n for n in both if alike(table, train, n)]
    for name in both:
        if table.column(name).unique:
            return (name,)
    for key in table.keys:
        if set(key) <= set(both):
            return key
    names = [n for n in both if train.column(n).dtype != "float"]
    for key in train.keys:
        if set(key) <= set(names):
            return tuple(n for n in names if n in key)
    most = max(names, key=lambda n: train.column(n).distinct, default=None)
    return tuple(n for n in names if n == most or n in table.form.partitions)


def alike(table: TableInfo, train: TableInfo, name: str) -> bool:
    """Values of one sort on both sides, and more than one."""
    first, second = table.column(name), train.column(name)
    numbers = {"int", "float"}
    return first.distinct > 1 and (
        first.dtype == second.dtype or {first.dtype, second.dtype} <= numbers
    )


def names_rows(table: TableInfo, keys: tuple[str, ...]) -> bool:
    """True for one column without repeated values."""
    return len(keys) == 1 and table.column(keys[0]).unique


def extra_columns(table: TableInfo, train: TableInfo, hidden: tuple[str, ...]) -> bool:
    """Whether a lookup says anything that the rows do not know."""
    return any(n not in train.names() and n not in hidden for n in table.names())


def joined(rows: TableInfo, table: TableInfo, keys: tuple[str, ...]) -> TableInfo:
    """The rows' columns with those that a lookup adds; names that are taken are not added."""
    added = tuple(c for c in table.columns if c.name not in keys and c.name not in rows.names())
    return replace(rows, columns=(*rows.columns, *added))
