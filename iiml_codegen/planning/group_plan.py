"""Steps about rows of one group, and about columns that measure like things."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.domain.profile import ColumnProfile
from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.objectives import learns_logarithms
from iiml_codegen.planning.plan_words import about_unseen, listed, named, names_of
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact

MOST_LEVELS = 400
"""Up to so many, a column is a category that boosting splits by itself."""
FATES_FROM_LEVELS = 25
SHARED = ("same_groups", "mixed_groups")
ROWS_A_LEVEL = 4
"""Of fewer rows the mean of a level says little."""
MOSTLY_NEW = 0.5
KINDS_GAIN, KINDS_MORE = 1.5, 0.02
"""How much more a number's single values tell than its size where they stand for kinds."""
FEWEST_ALIKE, MOST_ALIKE = 4, 60
ALIKE_FROM_LEVELS = 8
SAME_SIZE = 5.0
"""How far maxima of columns that measure like things may be apart, as a factor."""
MOST_COLUMNS = 100


def group_steps(request: PrepRequest) -> Iterator[Planned]:
    """Means of the strongest numbers over the rows of a group that train and test share."""
    keys = [r for r in request.profile.relations if r.kind == "group" and r.test_is in SHARED]
    numbers = sorted(request.columns("number", "ordinal_code"), key=lambda c: -c.signal)[:4]
    usable = {c.name for c in request.columns("category", "id", "text", "ordinal_code")}
    keys = [key for key in keys if key.column in usable]
    if keys and numbers:
        key = keys[0]
        names = [c.name for c in numbers if c.name != key.column]
        why = with_fact(request, "groups", key.evidence)
        title = f"Average {named(names, 'numbers')} over rows with the same {shortened(key.column)}"
        yield Planned("group_means", title, why, {"key": key.column, "numbers": names})


def tells_fates(request: PrepRequest) -> bool:
    """Whether the target is one number or two labels, so that its mean says something."""
    return request.task.kind in ("binary", "ordinal", "regression")


def fate_steps(request: PrepRequest) -> Iterator[Planned]:
    """Means of the target over the rows of a level, where the test has the same levels."""
    relations = request.profile.relations
    shared = {r.column for r in relations if r.kind == "group" and r.test_is in SHARED}
    new = {r.column for r in relations if r.kind == "group" and r.test_is not in SHARED}
    columns = request.columns("category", "text", "id", "ordinal_code", "number")
    keys = [
        c
        for c in columns
        if (c.name in shared and c.role != "number" and c.distinct >= FATES_FROM_LEVELS)
        or (c.name not in new and has_many_levels(c, request))
        or (c.name not in new and c.role == "number" and names_kinds(c, request))
    ]
    if keys and tells_fates(request):
        most = max(keys, key=lambda c: c.distinct)
        measured = f"{most.name} has {most.distinct:,} values, {about_unseen([most])}"
        why = with_fact(request, "target_means", measured)
        title = f"Average the target over other rows with the same {named(names_of(keys), 'keys')}"
        values: dict[str, object] = {"columns": names_of(keys)}
        values |= {"logarithm": True} if learns_logarithms(request.task, request.profile) else {}
        yield Planned("target_means", title, why, values)


def has_many_levels(column: ColumnProfile, request: PrepRequest) -> bool:
    """Whether a category has too many levels to be split by them, but rows enough in each."""
    return column.role == "category" and column.distinct > MOST_LEVELS and repeats(column, request)


def repeats(column: ColumnProfile, request: PrepRequest) -> bool:
    """Whether levels have rows enough, and are mostly those of the test."""
    few = column.distinct * ROWS_A_LEVEL <= request.profile.train_rows
    return few and column.unseen_share < MOSTLY_NEW


def names_kinds(column: ColumnProfile, request: PrepRequest) -> bool:
    """Whether a number is a code: its single values tell far more than its size."""
    by_size = column.signal * KINDS_GAIN + KINDS_MORE
    return column.value_signal > by_size and repeats(column, request)


def like_steps(request: PrepRequest) -> Iterator[Planned]:
    """Sum, spread and ends of numbers that measure like things, as amounts of several kinds."""
    groups = alike(request)
    if groups:
        shown = max(groups, key=len)
        title = "Add up numbers that measure like things"
        why = (
            f"{listed(names_of(shown), 3)} begin at the same number and end at a similar one; what "
            "they are together takes trees a cut for each"
        )
        yield Planned("like_numbers", title, why, {"groups": [names_of(one) for one in groups]})


def alike(request: PrepRequest) -> list[list[ColumnProfile]]:
    """Numbers of one minimum, and of maxima of one size, four of them or more."""
    numbers = [
        c
        for c in request.columns("number", "ordinal_code")
        if c.distinct >= ALIKE_FROM_LEVELS and c.minimum is not None and (c.maximum or 0.0) > 0
    ]
    if len(numbers) > MOST_COLUMNS:
        return []
    groups: list[list[ColumnProfile]] = []
    for column in sorted(numbers, key=lambda c: (c.minimum, c.maximum), reverse=True):
        if groups and is_like(groups[-1][0], column):
            groups[-1].append(column)
        else:
            groups.append([column])
    order = {column.name: place for place, column in enumerate(numbers)}
    return [
        sorted(group, key=lambda c: order[c.name])
        for group in groups
        if FEWEST_ALIKE <= len(group) <= MOST_ALIKE
    ]


def is_like(larger: ColumnProfile, smaller: ColumnProfile) -> bool:
    """Whether two numbers begin at the same value and end at values of one size."""
    most, least = larger.maximum or 0.0, smaller.maximum or 0.0
    return smaller.minimum == larger.minimum and most <= SAME_SIZE * least
