"""The step that gives the texts which answers are made from, with what stands beside them."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.plan_words import enumerated, named, names_of
from iiml_codegen.planning.prep_request import Planned, PrepRequest

VIEW = "sources"
MOST_LEVELS = 50
"""Of a category beside the texts."""


def source_steps(request: PrepRequest) -> Iterator[Planned]:
    """The view of source texts: with neighbours in their sequences, or the row's categories."""
    source = request.task.layout.source
    if source is None or VIEW not in request.views:
        return
    name, readers = shortened(source.column), enumerated(request.readers.get(VIEW, ()))
    known = (source.column, source.sequence, source.order)
    kinds = request.columns("category", "boolean", "ordinal_code")
    beside = [c for c in kinds if c.distinct <= MOST_LEVELS and c.name not in known]
    values: dict[str, object] = {"column": source.column, "beside": names_of(beside)}
    title = f"Give the texts of {name}"
    why = f"what {shortened(request.task.targets[0])} is made from, for {readers}"
    if source.sequence:
        values |= {"sequence": source.sequence, "order": source.order}
        title += f" with those before and after in each {shortened(source.sequence)}"
        why += f"; {source.order} counts the steps of each {source.sequence}, and neighbours tell"
        why += " what a text means there"
    if beside:
        title += f", and {named(names_of(beside))} beside them"
    yield Planned("source_texts", title, why, values)
