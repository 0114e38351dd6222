"""The step that follows numbers along sequences of rows: around each step, and up to it."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.domain.profile import Sequences
from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.plan_words import named, names_of
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact
from iiml_codegen.planning.timelines import timeline_of

MOST_FOLLOWED = 5
"""Each gives up to twenty columns."""
MOST_NUMBERS = 300_000_000
"""Of longer tables fewer numbers are followed."""
PER_NUMBER = 20
MANY_SEQUENCES = 10_000
"""What all steps of a sequence share names it to a model that has seen few of them: on 160 to 6,000
made breaths trees mostly did worse with it."""


def sequence_steps(request: PrepRequest) -> Iterator[Planned]:
    """What numbers do around each step, where rows are steps of sequences that folds keep whole.

    Series in calendar time have steps of their own.
    """
    found = request.profile.sequences
    if found is None or not kept_whole(request, found):
        return
    if timeline_of(request.task, request.profile) is not None:
        return
    numbers = followed(request, found)
    order = next((c for c in request.usable() if c.name == found.order), None)
    if not numbers or order is None:
        return
    values = {
        "column": found.column,
        "order": found.order,
        "date": order.role == "date",
        "format": order.date_format,
        "known": names_of(request.dates()),
        "numbers": numbers,
        "timed": found.uneven,
        "ahead": not found.cut,
        "whole": not found.cut and found.distinct >= MANY_SEQUENCES,
    }
    title = f"Follow {named(numbers, 'numbers')} along the steps of each {shortened(found.column)}"
    why = with_fact(request, "sequences", measured(found))
    yield Planned("along_sequences", title, why, values)


def kept_whole(request: PrepRequest, found: Sequences) -> bool:
    """Whether no fold parts a sequence, as the test does not either."""
    folds = request.folds
    return folds is not None and (
        folds.strategy == "grouped" and folds.column in (found.column, *found.within)
    )


def followed(request: PrepRequest, found: Sequences) -> list[str]:
    """The numbers that tell most alone among those that vary from step to step."""
    rows = request.profile.train_rows + request.profile.test_rows
    most = max(1, min(MOST_FOLLOWED, MOST_NUMBERS // (rows * PER_NUMBER)))
    numbers = [
        c
        for c in request.columns("number", "ordinal_code", "boolean")
        if c.name in found.numbers and c.name != found.column
    ]
    return names_of(sorted(numbers, key=lambda c: (-c.signal, c.name))[:most])


def measured(found: Sequences) -> str:
    """How long sequences are, and what may be looked at."""
    long = f"{found.shortest:,}"
    if found.longest > found.shortest:
        long += f" to {found.longest:,}"
    said = f"a {found.column} is {long} rows in the order of {found.order}, in train or in the test"
    if found.cut:
        return f"{said}; those of the test are of other lengths, so that only steps before count"
    return f"{said}; all of its steps are given, so that those after a row count as those before"
