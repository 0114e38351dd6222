"""The steps of the view `enriched`: features, and new columns that are chosen by measured gain."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.domain.profile import ColumnProfile
from iiml_codegen.planning.plan_words import enumerated, listed
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact

KEY_LEVELS = 30
LOG_METRICS = ("rmsle", "mean_column_rmsle", "rmse_of_logs")


def enriched_steps(request: PrepRequest) -> Iterator[Planned]:
    """What trees leave unexplained, and each kind of column that there is something to make of."""
    task, profile = request.task, request.profile
    values = {
        "classes": len(task.classes) if task.kind == "multiclass" else 0,
        "logarithm": task.metric in LOG_METRICS,
    }
    readers = enumerated(request.readers.get("enriched", ()))
    why = f"for {readers}: a new column is kept if it explains some of that on other rows"
    rows = f"{profile.train_rows:,} training rows can tell"
    yield Planned("unexplained", "See what quick trees leave unexplained", f"{why}; {rows}", values)
    numbers = [c for c in request.columns("number", "ordinal_code") if c.distinct > 2]
    keys = [c for c in (*request.columns("category"), *numbers) if is_key(c)]
    if len(numbers) > 1:
        title = "Keep differences, ratios and products of numbers that explain more"
        yield Planned("number_pairs", title, about(request, "number_pairs", numbers), {})
    if numbers and keys:
        title = "Keep numbers beside the usual one of their level where that explains more"
        yield Planned("beside_levels", title, about(request, "beside_levels", keys), {})
    if keys:
        title = "Average the target over other rows of crossed levels that explain more"
        yield Planned("crossed_means", title, about(request, "crossed_means", keys), {})


def is_key(column: ColumnProfile) -> bool:
    """Whether a column's values are levels: a category, or a number of few values."""
    return column.role == "category" or column.distinct <= KEY_LEVELS


def about(request: PrepRequest, topic: str, columns: list[ColumnProfile]) -> str:
    """Which columns there are to combine, those that tell most alone first."""
    telling = sorted(columns, key=lambda c: (-c.signal, c.name))
    words = [f"{c.name} ({c.signal:.2f})" if c.signal > 0 else c.name for c in telling]
    measured = f"{len(columns)} to choose from, such as {listed(words, 3)}"
    return with_fact(request, topic, measured)
