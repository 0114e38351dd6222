"""Traits: words for what was measured, by which knowledge is found."""

from __future__ import annotations

from iiml_codegen.domain.profile import DataProfile, Relation
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.planning.timelines import timeline_of

MANY_GAPS = 0.05
MANY_LEVELS = 100
RARE_CLASS = 0.1
SKEWED = 1.0
VERY_SKEWED = 2.0
DIFFERENT = 0.7
MANY_COLUMNS = 100
MANY_TARGETS = 5
SHORT_WORDS, LONG_WORDS = 25.0, 250.0
DUPLICATES = 0.01
TRAITS: dict[str, str] = {
    "table": "there are table columns to learn from",
    "wide_table": "more table columns than a few",
    "many_numbers": "many number columns, or media whose measures are many",
    "few_rows_for_numbers": "many numbers and few rows",
    "few_rows_for_classes": "fewer than twenty rows for each of many classes",
    "images": "rows have images",
    "sounds": "rows have sounds",
    "raster": "rows hold pictures, a column for each pixel",
    "pixels": "rows are pixels of pictures that become other pictures or masks",
    "atoms": "rows have crystal structures",
    "texts_asked": "the answers are texts",
    "rewritten_texts": "the answers are texts that mostly repeat another of their row",
    "pieces_of_texts": "the answers are pieces of a text of their row",
    "text": "rows have free text",
    "text_only": "hardly anything but text",
    "categories": "there are category columns",
    "few_rows": "fewer than 2,000 training rows",
    "many_rows": "more than 50,000 training rows",
    "many_classes": "more than ten classes, or eight of pictures in columns",
    "probabilities": "the metric wants probabilities",
    "log_target": "the metric compares logarithms",
    "much_text": "so much text that character sequences take long",
    "noisy_text": "text with escape sequences in it",
    "gaps": "a column misses over five per cent of its values",
    "high_cardinality": "a category with over a hundred levels",
    "unseen_categories": "test rows have levels that no training row has",
    "only_categories": "categories and no numbers",
    "skewed_target": "a number to predict with a long tail",
    "zero_target": "a number to predict that may be zero, and is never below",
    "count_target": "a count to predict",
    "share_target": "a number between 0 and 1 to predict",
    "several_targets": "more than one target",
    "many_targets": "more than five targets",
    "imbalance": "a class has less than a fifth of its even share of the rows",
    "skewed_numbers": "a third of the numbers have long tails",
    "odd_numbers": "numbers with units, currency or separators in them",
    "dates": "there are dates",
    "groups": "rows belong to groups",
    "new_groups": "test rows are of groups that training does not have",
    "time": "rows are ordered in time",
    "series": "rows are series in time, and the test goes on with them",
    "timeline": "rows stand in time one after the other, as one series or several",
    "later_test": "test rows come after all training rows",
    "between_test": "test rows lie between training rows in time",
    "drift": "test rows look different from training rows",
    "duplicates": "training rows repeat",
    "shared_rows": "test rows repeat training rows",
    "suspected_leak": "a column decides the target almost alone",
    "one_hot": "columns that are one category spread out",
    "many_columns": "over a hundred columns",
    "lists": "cells hold lists",
    "names": "names with titles, such as of people",
    "codes": "codes of letters and digits, or of several parts",
    "two_texts": "two or more texts in a row",
    "short_texts": "texts of a few words",
    "long_texts": "texts of hundreds of words",
    "table_and_media": "images or sounds, and columns beside them",
    "table_and_text": "free text, and columns beside it",
    "coordinates": "latitude and longitude",
    "train_only_columns": "training rows have columns that test rows lack",
    "gpu": "this machine has a graphics card",
}
"""Every trait beside the task kinds and `metric_` with a metric's name, and what it says."""


def data_traits(task: TaskSummary, profile: DataProfile) -> set[str]:
    """The traits that only advice asks for; `knowledge_retriever.traits_of` adds the others."""
    tests = (
        column_traits(profile)
        | target_traits(task, profile)
        | row_traits(task, profile)
        | text_traits(task, profile)
    )
    return {name for name, holds in tests.items() if holds}


def column_traits(profile: DataProfile) -> dict[str, bool]:
    """What single columns are like."""
    both = [column for column in profile.columns if column.in_train and column.in_test]
    numbers = profile.with_role("number")
    categories = profile.with_role("category")
    patterns = {pattern.kind for column in both for pattern in column.patterns}
    tails = [column for column in numbers if abs(column.skewness or 0.0) > VERY_SKEWED]
    return {
        "gaps": any(max(c.missing_train, c.missing_test) > MANY_GAPS for c in both),
        "high_cardinality": any(c.distinct > MANY_LEVELS for c in categories),
        "unseen_categories": any(c.unseen_share > MANY_GAPS for c in categories),
        "only_categories": bool(categories) and not numbers,
        "skewed_numbers": bool(numbers) and 3 * len(tails) >= len(numbers),
        "odd_numbers": any(c.number_form is not None and not c.number_form.plain for c in both),
        "dates": bool(profile.with_role("date")),
        "one_hot": bool(profile.one_hot_groups),
        "raster": bool(profile.rasters),
        "many_columns": len(both) > MANY_COLUMNS,
        "lists": "list" in patterns,
        "names": "title" in patterns,
        "codes": bool(patterns & {"prefix_number", "parts"}) or any(c.letters for c in both),
        "coordinates": any(found.on_earth for found in profile.maps),
    }


def target_traits(task: TaskSummary, profile: DataProfile) -> dict[str, bool]:
    """What the targets are like."""
    numeric = task.kind in ("regression", "multi_regression")
    targets = profile.targets if numeric else ()
    low = min((t.minimum for t in targets if t.minimum is not None), default=-1.0)
    high = max((t.maximum for t in targets if t.maximum is not None), default=2.0)
    shares = [share for target in profile.targets for share in target.shares.values()]
    even = min(1.0, 2.0 / max(1, len(shares)))
    counts = all(target.integral for target in targets) and bool(targets)
    return {
        "skewed_target": any((target.skewness or 0.0) > SKEWED for target in targets),
        "zero_target": low == 0,
        "count_target": low >= 0 and counts,
        "share_target": low >= 0 and high <= 1,
        "several_targets": len(task.targets) > 1,
        "many_targets": len(task.targets) > MANY_TARGETS,
        "imbalance": not numeric and bool(shares) and min(shares) < RARE_CLASS * even,
        "train_only_columns": bool(task.train_only_columns),
    }


def row_traits(task: TaskSummary, profile: DataProfile) -> dict[str, bool]:
    """How rows relate to each other, and test rows to training rows."""
    groups = _of_kind(profile, "group")
    times = _of_kind(profile, "time")
    return {
        "groups": bool(groups),
        "new_groups": any(relation.test_is == "new_groups" for relation in groups),
        "time": bool(times),
        "series": task.layout.panel is not None,
        "timeline": timeline_of(task, profile) is not None,
        "later_test": any(relation.test_is == "after" for relation in times),
        "between_test": any(relation.test_is == "between" for relation in times),
        "drift": (profile.adversarial_auc or 0.5) > DIFFERENT,
        "duplicates": profile.duplicate_train_rows > DUPLICATES * profile.train_rows,
        "shared_rows": profile.shared_rows > 0,
        "suspected_leak": bool(profile.leaks),
    }


def text_traits(task: TaskSummary, profile: DataProfile) -> dict[str, bool]:
    """What the texts and media are like."""
    texts = profile.free_texts()
    longest = max((column.text.mean_words for column in texts if column.text), default=0.0)
    table = bool(profile.with_role("number", "category", "ordinal_code", "date", "boolean"))
    media = bool(task.layout.media)
    return {
        "two_texts": len(texts) > 1,
        "short_texts": 0 < longest < SHORT_WORDS,
        "long_texts": longest > LONG_WORDS,
        "table_and_media": table and media,
        "table_and_text": table and bool(texts),
    }


def _of_kind(profile: DataProfile, kind: str) -> list[Relation]:
    return [relation for relation in profile.relations if relation.kind == kind]
