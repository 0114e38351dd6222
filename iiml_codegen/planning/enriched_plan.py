"""The steps of the view `enriched`: features, and new columns that are chosen by measured gain."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.domain.profile import ColumnProfile
from iiml_codegen.planning.objectives import learns_logarithms
from iiml_codegen.planning.plan_words import enumerated, listed
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact

KEY_LEVELS = 30
MOST_ROWS = 8_000
"""What `recipes/enriched.py` looks at."""


def enriched_steps(request: PrepRequest) -> Iterator[Planned]:
    """What quick trees miss, and each kind of column that there is something to make of."""
    task, profile = request.task, request.profile
    values = {
        "classes": len(task.classes) if task.kind == "multiclass" else 0,
        "targets": len(task.targets),
        "logarithm": learns_logarithms(task, profile),
    }
    readers = enumerated(request.readers.get("enriched", ()))
    why = f"for {readers}: a new column is kept if it explains some of what they miss on other rows"
    rows = f"{min(profile.train_rows, MOST_ROWS):,} training rows tell"
    yield Planned("out_of_fold_residuals", "See what quick trees miss", f"{why}; {rows}", values)
    numbers = [c for c in request.columns("number", "ordinal_code") if c.distinct > 2]
    keys = [c for c in (*request.columns("category"), *numbers) if is_key(c)]
    if len(numbers) > 1:
        title = "Add differences, ratios and products of numbers that explain it"
        yield Planned("number_pairs", title, about(request, "number_pairs", numbers), {})
    if numbers and keys:
        title = "Add means of numbers by group, and distances from them, that explain it"
        yield Planned("beside_groups", title, about(request, "beside_groups", keys), {})
    if keys:
        title = "Average the target over other rows of crossed groups that explain it"
        yield Planned(
            "crossed_target_means", title, about(request, "crossed_target_means", keys), {}
        )


def is_key(column: ColumnProfile) -> bool:
    """Whether a column's values are levels: a category, or a number of few values."""
    return column.role == "category" or column.distinct <= KEY_LEVELS


def about(request: PrepRequest, topic: str, columns: list[ColumnProfile]) -> str:
    """Which columns there are to combine, those that tell most alone first."""
    telling = sorted(columns, key=lambda c: (-c.signal, c.name))
    words = [f"{c.name} ({c.signal:.2f})" if c.signal > 0 else c.name for c in telling]
    measured = f"to choose from: {listed(words, 3)}, and the features made of them"
    return with_fact(request, topic, measured)
