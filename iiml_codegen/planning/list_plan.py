"""The step for lists of numbers in cells: as columns of their own, or summed up."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.plan_words import such_as
from iiml_codegen.planning.prep_request import Planned, PrepRequest

MOST_PLACES = 64
"""Lists of one length have a column for each number up to here; longer ones are summed up alone."""


def number_list_steps(request: PrepRequest) -> Iterator[Planned]:
    """Each column of lists of numbers."""
    for column in request.number_lists():
        told = column.number_list
        if told is None:
            continue
        even = told.shortest == told.longest
        places = told.longest if even and told.longest <= MOST_PLACES else 0
        many = f"{told.longest:,}" if even else f"{told.shortest:,} to {told.longest:,}"
        measured = f"each cell is a list of {many} numbers{such_as(column, 1)}"
        if places:
            title = f"Give each number of {shortened(column.name)} a column, and sum them up"
        else:
            title = f"Sum up the numbers of {shortened(column.name)}"
            measured += "; lists of other lengths have no places in common" if not even else ""
        values = {"column": column.name, "places": places, "counted": not even}
        yield Planned("number_lists", title, measured, values)
