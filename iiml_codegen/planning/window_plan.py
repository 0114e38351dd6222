"""The step that lays out what was before each row, for networks that read the course of things."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.plan_words import enumerated, named, quantity
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact
from iiml_codegen.planning.timelines import timeline_of

MOST_FOLLOWED = 6


def window_steps(request: PrepRequest) -> Iterator[Planned]:
    """The view of windows, where a member reads it and rows stand in time."""
    time = timeline_of(request.task, request.profile)
    if "windows" not in request.views or time is None:
        return
    numbers = sorted(
        request.columns("number", "ordinal_code", "boolean"), key=lambda c: (-c.signal, c.name)
    )
    names = [column.name for column in numbers if column.distinct > 1][:MOST_FOLLOWED]
    formats = {c.name: c.date_format for c in request.profile.columns if c.role == "date"}
    readers = enumerated(request.readers.get("windows", ()))
    if time.answered:
        measured = f"the test reaches {quantity(time.horizon)} days beyond train, so windows end"
        measured += " as long before"
    else:
        measured = f"the rows are one series along {shortened(time.date)}"
    followed = [*request.task.targets, *names] if time.answered else names
    title = f"Lay out {named(followed, 'columns')} in the 32 moments before each row"
    values = {
        "date": time.date,
        "format": formats[time.date],
        "known": [c.name for c in request.dates()],
        "keys": list(time.keys),
        "horizon": time.horizon,
        "answered": time.answered,
        "numbers": names,
    }
    why = with_fact(request, "windows", f"for {readers}; {measured}")
    yield Planned("past_windows", title, why, values)
