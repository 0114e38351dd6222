"""Tables that know training rows alone: nothing in them is a feature, and much may be a label."""

from __future__ import annotations

from iiml_codegen.domain.inventory import Silence, TableInfo
from iiml_codegen.domain.layout import RelatedTable
from iiml_codegen.planning.related_roles import keys_of, silent_about_test
from iiml_codegen.planning.table_pairs import in_pairs
from iiml_codegen.planning.table_roles import Sources


def train_only_tables(
    found: Sources, others: list[TableInfo], silences: tuple[Silence, ...]
) -> tuple[RelatedTable, ...]:
    """Tables keyed as the rows are, of which no column says anything about a row of the test."""
    lone = []
    for table, counterpart in in_pairs(others):
        keys = keys_of(table, found.train, found.test)
        told = tuple(name for name in table.names() if name not in keys)
        by_key = tuple(
            one for one in silences if (one.key,) == keys or (one.apart and one.key in keys)
        )
        quiet = silent_about_test(table, found, by_key)
        if counterpart is None and told and quiet >= set(told):
            lone.append(
                RelatedTable(
                    file=table.file,
                    form=table.form,
                    keys=keys,
                    role="history",
                    hidden_columns=told,
                )
            )
    return tuple(lone)
