"""The prep part of the blueprint: one planned step per thing that was measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iiml_codegen.domain.profile import ColumnProfile, Relation
from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.enriched_plan import enriched_steps
from iiml_codegen.planning.group_plan import (
    MOST_LEVELS,
    fate_steps,
    group_steps,
    like_steps,
    names_kinds,
    tells_fates,
)
from iiml_codegen.planning.list_plan import number_list_steps
from iiml_codegen.planning.media_plan import media_steps, path_steps
from iiml_codegen.planning.place_plan import place_steps
from iiml_codegen.planning.plan_words import (
    about_unseen,
    enumerated,
    listed,
    named,
    names_of,
    percent,
    quantity,
    such_as,
)
from iiml_codegen.planning.prep_request import Planned, PrepRequest, with_fact
from iiml_codegen.planning.raster_plan import raster_steps
from iiml_codegen.planning.read_plan import (
    history_steps,
    numbers_as_numbers,
    past_steps,
    pixel_steps,
    read_step,
)
from iiml_codegen.planning.sequence_plan import sequence_steps
from iiml_codegen.planning.source_plan import source_steps
from iiml_codegen.planning.target_plan import target_step
from iiml_codegen.planning.text_plan import text_steps
from iiml_codegen.planning.window_plan import window_steps

RARE_FROM_LEVELS, RARE_BELOW = 50, 3
COUNT_FROM_LEVELS = 8
SEPARATED_FROM_LEVELS = 20
SKEWED_BEYOND = 2.0
APART = ("between", "after")
ONE_SERIES = 0.9
TIME_WORDS = re.compile(r"unix|epoch|time|date", re.IGNORECASE)
SECONDS_1980, SECONDS_2100 = 315_532_800, 4_102_444_800
SECONDS_OF_DAY = 86_400
MOST_FOLLOWED = 6
WORDS = "words_tfidf"
WITH_CATEGORIES = ("categories", "name_parts", "code_parts", "separated_parts")
"""Steps that give categories."""


def plan_prep(request: PrepRequest) -> list[Planned]:
    """All prep steps in order."""
    steps = [read_step(request), target_step(request)]
    tables = bool(request.views & {"features", "design"})
    if tables:
        for plan in (
            number_steps,
            place_steps,
            like_steps,
            category_steps,
            string_steps,
            letter_steps,
            date_steps,
            moment_steps,
            list_steps,
            number_list_steps,
            group_steps,
            fate_steps,
            past_steps,
            sequence_steps,
        ):
            steps.extend(plan(request))
        steps.extend(history_steps(request))
        steps.extend(media_steps(request))
    steps.extend(raster_steps(request))
    steps.extend(path_steps(request, listed=tables))
    if request.task.layout.source is None:
        steps.extend(text_steps(request))
    steps.extend(pixel_steps(request))
    steps.extend(source_steps(request))
    if "enriched" in request.views:
        steps.extend(enriched_steps(request))
    steps.extend(window_steps(request))
    if "design" in request.views:
        steps.append(design_step(request, any(step.key in WITH_CATEGORIES for step in steps)))
    if "combined" in request.views:
        steps.append(combined_step(request))
    return numbers_as_numbers(request, steps)


def number_steps(request: PrepRequest) -> Iterator[Planned]:
    """Numbers, and where any column has gaps."""
    numbers = request.columns("number", "ordinal_code", "boolean")
    if numbers:
        title = f"Read {named(names_of(numbers))} as numbers"
        yield Planned("numbers", title, about_numbers(request, numbers), by_form(numbers))
        yield from never_missing(numbers)
    gappy = [
        c
        for c in request.columns("number", "category", "ordinal_code", "boolean", "date")
        if 0.005 < c.missing_train < 1
    ]
    if gappy:
        worst = sorted(gappy, key=lambda c: -c.missing_train)[:3]
        shares = ", ".join(f"{c.name} {c.missing_train:.0%}" for c in worst)
        why = with_fact(request, "gaps", f"missing in train: {shares}")
        title = f"Flag the gaps in {named(names_of(gappy))}"
        read = {c.name for c in numbers}
        words = any(c.number_form is not None and c.name in read for c in gappy)
        values = {"columns": names_of(gappy), **({"as_numbers": True} if words else {})}
        yield Planned("gaps", title, why, values)


def never_missing(numbers: list[ColumnProfile]) -> Iterator[Planned]:
    """Gaps that only test rows have."""
    found = [c for c in numbers if c.missing_train == 0 < c.missing_test < 1]
    if found:
        worst = max(found, key=lambda c: c.missing_test)
        title = f"Fill what only test rows lack in {named(names_of(found))}"
        why = f"{worst.missing_test:.1%} of the test's values of {worst.name} are gaps, no training"
        why += " row shows what a gap means, and trees would take it for zero; the median is safer"
        yield Planned("test_gaps", title, why, {"columns": names_of(found)})


def by_form(numbers: list[ColumnProfile]) -> dict[str, Any]:
    """Plain numbers, and those that are written with marks or signs beside the marks they have."""
    plain = [c.name for c in numbers if c.number_form is None or c.number_form.plain]
    forms: dict[tuple[str, str], list[str]] = {}
    for c in numbers:
        if c.number_form is not None and not c.number_form.plain:
            forms.setdefault((c.number_form.decimal, c.number_form.thousands), []).append(c.name)
    written = [
        {"columns": names, "decimal": decimal, "thousands": thousands}
        for (decimal, thousands), names in forms.items()
    ]
    return {"columns": plain, **({"written": written} if written else {})}


def about_numbers(request: PrepRequest, numbers: list[ColumnProfile]) -> str:
    """Which numbers say most about the target alone, and which have long tails."""
    telling = sorted((c for c in numbers if c.signal > 0), key=lambda c: -c.signal)[:3]
    said = []
    if telling:
        scores = enumerated([f"{c.name} ({c.signal:.2f})" for c in telling])
        verb = "tells" if len(telling) == 1 else "tell"
        target = shortened(request.task.targets[0])
        said.append(f"{scores} {verb} most about {target} alone, on a scale from 0 to 1")
    skewed = [c for c in numbers if c.skewness is not None and abs(c.skewness) > SKEWED_BEYOND]
    if skewed:
        tails = "has a long tail" if len(skewed) == 1 else "have long tails"
        said.append(f"{listed(names_of(skewed), 3)} {tails}, which trees do not mind")
    return "; ".join(said) or f"{listed(names_of(numbers))} hold numbers"


def category_steps(request: PrepRequest) -> Iterator[Planned]:
    """Categories as such while they have few levels; counts for those with many."""
    kinds = request.columns("category")
    known = [c for c in kinds if c.distinct <= MOST_LEVELS]
    if known:
        most = max(known, key=lambda c: c.distinct)
        values: dict[str, Any] = {"columns": names_of(known)}
        why = f"{most.distinct} levels" if len(known) == 1 else f"up to {most.distinct} levels"
        why += f" ({most.name}); {about_unseen(known)}"
        if most.distinct > RARE_FROM_LEVELS:
            values["min_count"] = RARE_BELOW
            why += f"; levels seen fewer than {RARE_BELOW} times share one"
        kind = "a category" if len(known) == 1 else "categories"
        title = f"Keep {named(names_of(known))} as {kind}"
        yield Planned("categories", title, why, values)
    keys = {r.column for r in request.profile.relations if r.kind == "group"}
    steps = request.task.layout.steps
    letters = steps.letters() if steps else []
    counted = [c for c in request.new_groups() if counts_rows(c, request)]
    counted += [
        c
        for c in request.columns("category", "id", "text", "number")
        if (c.role == "number" and names_kinds(c, request))
        or (c.role != "number" and c.name in keys)
        or (c.role == "category" and c.distinct >= COUNT_FROM_LEVELS and c.name not in letters)
    ]
    if counted:
        most = max(counted, key=lambda c: c.distinct)
        measured = f"{most.name} has {most.distinct:,} values over train and test"
        why = with_fact(request, "counts", measured)
        title = f"Count how often each value of {named(names_of(counted))} occurs"
        yield Planned("counts", title, why, {"columns": names_of(counted)})


def counts_rows(group: ColumnProfile, request: PrepRequest) -> bool:
    """Whether groups have more rows or fewer, and those of train as those of the test."""
    even = {r.column for r in request.profile.relations if r.even}
    steps = request.profile.sequences
    cut = (steps.column, *steps.within) if steps and steps.cut else ()
    return group.name not in even and group.name not in cut


def string_steps(request: PrepRequest) -> Iterator[Planned]:
    """Strings with parts: titles in names, letters and numbers in codes."""
    for column in (*request.columns("category", "text", "id"), *request.new_groups()):
        kinds = {pattern.kind: pattern.share for pattern in column.patterns}
        short = shortened(column.name)
        if kinds.get("title", 0) > 0.5:
            measured = f'{percent(kinds["title"])} read "Surname, Title. Given"'
            why = with_fact(request, "names", measured + such_as(column, 1))
            title = f"Take title and family out of {short}"
            values = {"column": column.name, "target_means": tells_fates(request)}
            yield Planned("name_parts", title, why, values)
        elif kinds.get("prefix_number", 0) > 0.5:
            measured = f"{percent(kinds['prefix_number'])} are a number, alone or behind letters"
            title = f"Split {short} into letters and number"
            why = measured + such_as(column, 3)
            yield Planned("code_parts", title, why, {"column": column.name})
        elif (mark := separator_of(column)) and column.distinct >= SEPARATED_FROM_LEVELS:
            measured = f"{percent(kinds['parts'])} have as many parts"
            title = f'Split {short} at each "{mark}"'
            values = {"column": column.name, "separator": mark}
            yield Planned("separated_parts", title, measured + such_as(column, 3), values)


def letter_steps(request: PrepRequest) -> Iterator[Planned]:
    """Codes of one length whose places tell something, character by character."""
    names_of_files = {files.column for files in request.task.layout.media}
    for column in (*request.columns("category", "id"), *request.new_groups()):
        found = column.letters
        if found is None or column.name in names_of_files:
            continue
        measured = f"all values have {found.length} characters, at most {found.most} different "
        measured += f"ones at a place, which tell {found.signal:.2f} of 1 about the target where "
        measured += f"the value as a whole is new{such_as(column, 2)}"
        title = f"Number the characters of {shortened(column.name)} by place, and count them"
        yield Planned("letters_by_place", title, measured, {"column": column.name})


def separator_of(column: ColumnProfile) -> str:
    """What stands between the parts of nearly all values; empty where they have none."""
    found = [one for one in column.patterns if one.kind == "parts" and one.separator]
    return max(found, key=lambda one: one.share).separator if found else ""


def date_steps(request: PrepRequest) -> Iterator[Planned]:
    """Each date as calendar parts and elapsed days; around it, if rows are one series."""
    relations = request.profile.relations
    for column in request.dates():
        form = f" written as {column.date_format}" if column.date_format else ""
        measured = f"{column.distinct:,} points in time{form}"
        if column.signal > 0:
            measured += f", which alone tell {column.signal:.2f} of 1 about the target"
        again = [c.name for c in request.usable() if c.same_moments == column.name]
        if again:
            measured += f"; {listed(again, 3)} {'tells' if len(again) == 1 else 'tell'} them again"
        apart = next((r for r in relations if r.column == column.name and r.test_is in APART), None)
        values = {"column": column.name, "format": column.date_format, "apart": apart is not None}
        title = f"Take {shortened(column.name)} apart into calendar parts and elapsed days"
        yield Planned("dates", title, with_fact(request, "dates", measured), values)
        if apart and column.distinct >= ONE_SERIES * rows_of(request):
            yield from around_steps(request, column, apart)


def moment_steps(request: PrepRequest) -> Iterator[Planned]:
    """Each number that counts seconds since 1970, as calendar parts; copies of one are left out."""
    told: list[ColumnProfile] = []
    for column in filter(counts_seconds, request.columns("number")):
        if request.told_again(column) or any(same_span(column, other) for other in told):
            continue
        told.append(column)
        measured = f"{column.distinct:,} moments, counted in seconds since 1970"
        title = f"Read {shortened(column.name)} as seconds and take the calendar out of it"
        why = with_fact(request, "dates", measured)
        yield Planned("moments", title, why, {"column": column.name})


def counts_seconds(column: ColumnProfile) -> bool:
    """Whether a number is a moment: its name speaks of time, and it lies in 1980 to 2100."""
    if column.minimum is None or column.maximum is None or not TIME_WORDS.search(column.name):
        return False
    return SECONDS_1980 < column.minimum < column.maximum < SECONDS_2100


def same_span(column: ColumnProfile, other: ColumnProfile) -> bool:
    """Whether two moments begin and end within a day of each other: one time in two zones."""
    pairs = ((column.minimum, other.minimum), (column.maximum, other.maximum))
    return all(abs((a or 0.0) - (b or 0.0)) <= SECONDS_OF_DAY for a, b in pairs)


def rows_of(request: PrepRequest) -> int:
    """Rows of both tables."""
    return request.profile.train_rows + request.profile.test_rows


def around_steps(
    request: PrepRequest, date: ColumnProfile, relation: Relation
) -> Iterator[Planned]:
    """What numbers do around each moment, where the rows are one series."""
    numbers = sorted(request.columns("number", "ordinal_code"), key=lambda c: -c.signal)
    names = [c.name for c in numbers if c.distinct > 2][:MOST_FOLLOWED]
    if names:
        title = f"Average {named(names, 'numbers')} over the rows before and after in time"
        why = with_fact(request, "around", relation.evidence)
        yield Planned("around_in_time", title, why, {"date": date.name, "numbers": names})


def list_steps(request: PrepRequest) -> Iterator[Planned]:
    """Each column of lists as length, commonest items and themes."""
    for column in request.list_columns():
        share = max(p.share for p in column.patterns if p.kind == "list")
        measured = f"{percent(share)} of its values are lists{such_as(column, 1)}"
        title = f"Count the items of {shortened(column.name)} and flag the commonest"
        why = with_fact(request, "lists", measured)
        yield Planned("list_items", title, why, {"column": column.name})


def design_step(request: PrepRequest, categories: bool) -> Planned:
    """The view of scaled numbers."""
    readers = enumerated(request.readers.get("design", ())) or "linear models"
    why = f"for {readers}: numbers of one scale without gaps"
    spans = {
        c.name: c.maximum - c.minimum
        for c in request.columns("number", "ordinal_code")
        if c.minimum is not None and c.maximum is not None
    }
    if len(set(spans.values())) > 1:
        least, most = min(spans, key=lambda n: spans[n]), max(spans, key=lambda n: spans[n])
        why += f"; {least} spans {quantity(spans[least])}, {most} {quantity(spans[most])}"
    title = "Scale the numbers" + (", one-hot the categories" if categories else "")
    return Planned("design", title, why, {"categories": categories})


def combined_step(request: PrepRequest) -> Planned:
    """The view of words and scaled numbers side by side, and of what lists hold."""
    readers = enumerated(request.readers.get("combined", ())) or "linear models"
    why = f"for {readers}: what words say counts beside the numbers, not instead of them"
    lists = names_of(request.list_columns())
    values = {"words": WORDS, "lists": lists}
    title = "Put words and scaled numbers side by side"
    return Planned("combined", f"{title}, lists too" if lists else title, why, values)
