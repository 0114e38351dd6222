"""The prep part of the blueprint: one planned step per thing that was measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from iiml_codegen.domain.inventory import TableInfo
from iiml_codegen.domain.knowledge import Knowledge
from iiml_codegen.domain.profile import ColumnProfile, DataProfile
from iiml_codegen.domain.task import TaskSummary

MOST_LEVELS = 400
COUNT_FROM_LEVELS = 8
TEXT_VIEWS = ("words", "words_tfidf", "chars", "characters", "word_codes")
FATES_FROM_LEVELS = 25
THEMES = 16
MOST_NAMED = 6


@dataclass(frozen=True)
class Planned:
    """A step before it has its number."""

    key: str
    title: str
    why: str
    values: dict[str, Any]


@dataclass(frozen=True)
class PrepRequest:
    """What prep is planned from: the task, its profile, knowledge, and the views that are needed.

    `left_out` are columns that must not become features: suspected leaks above all.
    """

    task: TaskSummary
    profile: DataProfile
    knowledge: Knowledge
    table: TableInfo
    views: frozenset[str]
    left_out: frozenset[str]

    def columns(self, *roles: str) -> list[ColumnProfile]:
        """Usable columns of these roles."""
        skip = self.left_out | {self.task.id_column, *self.task.targets}
        skip -= {column.name for column in self.profile.columns if column.role == "date"}
        both = [c for c in self.profile.columns if c.in_train and c.in_test]
        return [c for c in both if c.role in roles and c.name not in skip]


def plan_prep(request: PrepRequest) -> list[Planned]:
    """All prep steps in order."""
    steps = [read_step(request), target_step(request)]
    if request.views & {"features", "design"}:
        for plan in (
            number_steps,
            category_steps,
            string_steps,
            date_steps,
            group_steps,
            fate_steps,
        ):
            steps.extend(plan(request))
    steps.extend(text_steps(request))
    if "design" in request.views:
        why = "linear models and neighbours need numbers of one scale and no gaps"
        steps.append(
            Planned("design", "Scale numbers, one-hot categories for linear models", why, {})
        )
    return steps


def with_fact(request: PrepRequest, topic: str, measured: str) -> str:
    """What was measured, and what is known about such cases."""
    fact = request.knowledge.fact(topic)
    return f"{measured}; {fact.says} ({fact.source})" if fact else measured


def listed(columns: list[ColumnProfile]) -> str:
    """A few names, and how many more there are."""
    names = [c.name for c in columns[:MOST_NAMED]]
    more = len(columns) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def read_step(request: PrepRequest) -> Planned:
    """Read both tables."""
    task, profile = request.task, request.profile
    why = (
        f"{profile.train_rows:,} training and {profile.test_rows:,} test rows; every type is stated"
    )
    values = {
        "train_file": task.train_file,
        "test_file": task.test_file,
        "separator": request.table.separator,
        "encoding": request.table.encoding,
    }
    return Planned(
        "read_tables", f"Read {task.train_file} and {task.test_file} as text", why, values
    )


def number_steps(request: PrepRequest) -> Iterator[Planned]:
    """Numbers, and where any column has gaps."""
    numbers = request.columns("number", "ordinal_code", "boolean")
    if numbers:
        skewed = [c for c in numbers if c.skewness is not None and abs(c.skewness) > 2]
        why = f"{listed(numbers)} are numbers"
        if skewed:
            why += f"; {len(skewed)} are skewed, which trees do not mind"
        title = f"Take {len(numbers)} columns as numbers"
        yield Planned("numbers", title, why, {"columns": [c.name for c in numbers]})
    gappy = [
        c
        for c in request.columns("number", "category", "ordinal_code", "boolean", "date")
        if 0.005 < c.missing_train < 1
    ]
    if gappy:
        worst = sorted(gappy, key=lambda c: -c.missing_train)[:3]
        shares = ", ".join(f"{c.name} {c.missing_train:.0%}" for c in worst)
        why = with_fact(request, "gaps", f"values are missing: {shares}")
        yield Planned(
            "gaps", "Say where values are missing", why, {"columns": [c.name for c in gappy]}
        )


def category_steps(request: PrepRequest) -> Iterator[Planned]:
    """Categories as such while they have few levels; counts for those with many."""
    kinds = request.columns("category")
    named = [c for c in kinds if c.distinct <= MOST_LEVELS]
    if named:
        unseen = max(c.unseen_share for c in named)
        why = f"{listed(named)} name kinds; up to {unseen:.1%} of test rows have an unseen one"
        values: dict[str, Any] = {"columns": [c.name for c in named]}
        if max(c.distinct for c in named) > 50:
            values["min_count"] = 3
        yield Planned("categories", f"Take {len(named)} columns as categories", why, values)
    keys = {r.column for r in request.profile.relations if r.kind == "group"}
    counted = [
        c
        for c in request.columns("category", "id", "text")
        if c.name in keys or (c.role == "category" and c.distinct >= COUNT_FROM_LEVELS)
    ]
    if counted:
        most = max(counted, key=lambda c: c.distinct)
        measured = f"{most.name} has {most.distinct:,} values over train and test"
        why = with_fact(request, "counts", measured)
        names = [c.name for c in counted]
        yield Planned(
            "counts", "Count how often values occur in train and test", why, {"columns": names}
        )


def string_steps(request: PrepRequest) -> Iterator[Planned]:
    """Strings with parts: titles in names, letters and numbers in codes."""
    for column in request.columns("category", "text", "id"):
        kinds = {pattern.kind: pattern.share for pattern in column.patterns}
        if kinds.get("title", 0) > 0.5:
            measured = f'{kinds["title"]:.0%} of {column.name} read "Surname, Title. Given"'
            why = with_fact(request, "names", measured)
            title = f"Take titles and families out of {column.name}"
            values = {"column": column.name, "target_means": tells_fates(request)}
            yield Planned("name_parts", title, why, values)
        elif kinds.get("prefix_number", 0) > 0.5:
            share = kinds["prefix_number"]
            why = f"{share:.0%} of {column.name} are letters followed by a number"
            title = f"Split {column.name} into letters and number"
            yield Planned("code_parts", title, why, {"column": column.name})


def date_steps(request: PrepRequest) -> Iterator[Planned]:
    """Each date as calendar parts and elapsed days."""
    for column in request.columns("date"):
        form = f" written as {column.date_format}" if column.date_format else ""
        why = with_fact(request, "dates", f"{column.name} holds times{form}")
        values = {"column": column.name, "format": column.date_format}
        yield Planned("dates", f"Take {column.name} apart", why, values)


def group_steps(request: PrepRequest) -> Iterator[Planned]:
    """Means of the strongest numbers over the rows of a group that train and test share."""
    shared = ("same_groups", "mixed_groups")
    keys = [r for r in request.profile.relations if r.kind == "group" and r.test_is in shared]
    numbers = sorted(request.columns("number", "ordinal_code"), key=lambda c: -c.signal)[:4]
    usable = {c.name for c in request.columns("category", "id", "text", "ordinal_code")}
    keys = [key for key in keys if key.column in usable]
    if keys and numbers:
        key = keys[0]
        names = [c.name for c in numbers if c.name != key.column]
        why = with_fact(request, "groups", key.evidence)
        title = f"Average numbers over rows that share {key.column}"
        yield Planned("group_means", title, why, {"key": key.column, "numbers": names})


def tells_fates(request: PrepRequest) -> bool:
    """Whether the target is one number or two labels, so that its mean says something."""
    return request.task.kind in ("binary", "ordinal", "regression")


def fate_steps(request: PrepRequest) -> Iterator[Planned]:
    """Means of the target over the rows of a group, for groups that train and test share."""
    shared = {
        r.column
        for r in request.profile.relations
        if r.kind == "group" and r.test_is in ("same_groups", "mixed_groups")
    }
    columns = request.columns("category", "text", "id", "ordinal_code")
    keys = [c for c in columns if c.name in shared and c.distinct >= FATES_FROM_LEVELS]
    if keys and tells_fates(request):
        most = max(keys, key=lambda c: c.distinct)
        new = f"{most.unseen_share:.0%} of test rows have a new one"
        measured = f"{most.name} has {most.distinct:,} values, {new}"
        why = with_fact(request, "target_means", measured)
        title = f"Average the target over other rows with the same {listed(keys)}"
        yield Planned("target_means", title, why, {"columns": [c.name for c in keys]})


def text_steps(request: PrepRequest) -> Iterator[Planned]:
    """Free text: cleaned once, then each view that a member reads, then features for trees."""
    free = {column.name for column in request.profile.free_texts()}
    texts = [column for column in request.columns("text") if column.name in free]
    if not texts:
        return
    sizes = [c.text.mean_words for c in texts if c.text]
    why = f"{listed(texts)}: free text of {max(sizes, default=0):.0f} words on average"
    names = {"columns": [c.name for c in texts]}
    yield Planned("clean_text", f"Clean the text of {listed(texts)}", why, names)
    for view in TEXT_VIEWS:
        advice = request.knowledge.view(view)
        if view in request.views and advice:
            values = {"view": view, "recipe": advice.recipe, "settings": advice.settings}
            yield Planned("text_view", advice.title, advice.why, values)
    if "features" in request.views:
        yield Planned(
            "text_form", "Measure the form of the texts", with_fact(request, "text_form", why), {}
        )
        source = "words_tfidf" if "words_tfidf" in request.views else None
        settings = {"rarest": 3, "lower": True}
        themes = {"themes": THEMES, "source": source, "settings": settings}
        title = f"Compress the words to {THEMES} themes for trees"
        yield Planned("text_themes", title, with_fact(request, "text_themes", why), themes)


def target_step(request: PrepRequest) -> Planned:
    """The target in the form that models learn."""
    task = request.task
    if task.classes:
        shares = request.profile.targets[0].shares
        common = ", ".join(f"{label} {share:.0%}" for label, share in list(shares.items())[:5])
        values = {"target": task.targets[0], "classes": [plain(label) for label in task.classes]}
        title = f"Number the {len(task.classes)} labels of {task.targets[0]}"
        return Planned("class_target", title, f"shares in train: {common}", values)
    target = request.profile.targets[0]
    why = f"{task.kind.replace('_', ' ')} of {', '.join(task.targets[:4])}"
    if target.skewness is not None and task.kind.endswith("regression"):
        why += f"; the skewness of {target.name} is {target.skewness:.1f}"
    return Planned("number_target", "Read the target", why, {"targets": list(task.targets)})


def plain(label: str) -> str | int | float:
    """A label as the literal that reads best: 1 instead of "1", but "01" as it stands."""
    for kind in (int, float):
        try:
            number = kind(label)
        except ValueError:
            continue
        if str(number) == label:
            return number
    return label
