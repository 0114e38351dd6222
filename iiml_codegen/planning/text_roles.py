"""Answers that are texts made from another text of the same row: what they are made from."""

from __future__ import annotations

from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.layout import SourceText
from iiml_codegen.domain.task import Guess
from iiml_codegen.planning.plan_words import percent
from iiml_codegen.planning.table_roles import Sources
from iiml_codegen.planning.targets import Targets

LEAST_WITHIN = 0.98
"""Share of rows whose text its source holds, from which each is a piece of it."""


def source_of(inventory: Inventory, found: Sources, targets: Targets) -> SourceText | None:
    """The column that texts are made from; None where answers are no such texts.

    Of several columns the one that more texts repeat, or are a piece of. Only rows of two tables
    are read to the letter.
    """
    layout = found.layout
    if len(targets.names) != 1 or targets.class_columns or targets.long:
        return None
    if not layout.is_plain or layout.media or layout.train_form.partitions:
        return None
    told = [
        one
        for one in inventory.sources
        if (one.table, one.column) == (found.train.file, targets.names[0])
        and one.source in found.test.names()
    ]
    if not told:
        return None
    best = max(told, key=lambda one: (one.within >= LEAST_WITHIN, one.same, one.within))
    return SourceText(
        column=best.source,
        same=best.same,
        part=best.within >= LEAST_WITHIN,
        sequence=best.sequence,
        order=best.order,
    )


def texts_said(source: SourceText | None, targets: Targets) -> tuple[Guess, ...]:
    """Say what texts are made from."""
    if source is None:
        return ()
    name = targets.names[0]
    why = f"{name} repeats {source.column} as it is in {percent(source.same)} of the training rows"
    made = f"texts made from {source.column}"
    if source.part:
        made = f"pieces of {source.column}"
        why += f", and {source.column} holds it in nearly all others"
    return (Guess(what="answers", value=made, why=why),)
