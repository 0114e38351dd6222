"""Where rows stand in time one after the other: one series of them, or series side by side."""

from __future__ import annotations

from dataclasses import dataclass

from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary

APART = ("between", "after")
ONE_SERIES = 0.9


@dataclass(frozen=True)
class Timeline:
    """The column of dates, what names each series, and how many days a forecast reaches.

    `answered`: answers of earlier rows of a series may be looked at, no nearer than `horizon`.
    """

    date: str
    keys: tuple[str, ...] = ()
    horizon: float = 0.0
    answered: bool = False


def timeline_of(task: TaskSummary, profile: DataProfile) -> Timeline | None:
    """The time of a panel, or of rows that are one series; None where rows have no order."""
    dates = {c.name: c for c in profile.with_role("date") if c.in_train and c.in_test}
    panel = task.layout.panel
    if panel is not None and task.kind in ("regression", "multi_regression"):
        known = panel.time in dates
        return Timeline(panel.time, panel.keys, panel.horizon, answered=True) if known else None
    rows = profile.train_rows + profile.test_rows
    for relation in profile.relations:
        date = dates.get(relation.column) if relation.kind == "time" else None
        if date and relation.test_is in APART and date.distinct >= ONE_SERIES * rows:
            return Timeline(date.name)
    return None
