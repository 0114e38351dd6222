"""Series side by side: a time column, what names each series, and how far the test reaches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from iiml_codegen.domain.inventory import ColumnInfo, TableInfo
from iiml_codegen.domain.layout import Panel
from iiml_codegen.domain.task import TaskKind
from iiml_codegen.planning.table_roles import Sources
from iiml_codegen.planning.targets import Targets

MOST_KEYS = 2
DAY = 86_400.0


def panel_of(found: Sources, targets: Targets, kind: TaskKind) -> dict[str, Any]:
    """The fields `kind` and `panel` of a layout; nothing where the test does not lie after train.

    `horizon` is in days from the last training moment to the last of the test.
    """
    if kind not in ("regression", "multi_regression") or found.layout.train_files:
        return {}
    for key in found.train.keys or single_dates(found.train):
        dates = [n for n in key if found.train.column(n).first]
        others = tuple(n for n in key if n not in dates and n in found.test.names())
        if len(dates) != 1 or len(others) + 1 != len(key) or len(others) > MOST_KEYS:
            continue
        reach = horizon(found.train.column(dates[0]), found.test, dates[0])
        if reach and not any(name == targets.id_column for name in others):
            panel = Panel(time=dates[0], keys=others, horizon=reach)
            kind_of_layout = found.layout.kind
            plain = kind_of_layout == "one_table"
            return {"panel": panel, "kind": "panel" if plain else kind_of_layout}
    return {}


def single_dates(table: TableInfo) -> tuple[tuple[str, ...], ...]:
    """Columns of dates that name each row alone."""
    return tuple((c.name,) for c in table.columns if c.first and c.unique)


def horizon(train: ColumnInfo, test: TableInfo, name: str) -> float | None:
    """Days that the test reaches beyond train; None where it does not begin after train's end."""
    if name not in test.names():
        return None
    other = test.column(name)
    if not (train.last and other.first and other.last):
        return None
    last, begins, ends = map(datetime.fromisoformat, (train.last, other.first, other.last))
    if begins <= last:
        return None
    return (ends - last).total_seconds() / DAY
