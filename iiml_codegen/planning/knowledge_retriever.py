"""Knowledge retriever, answered by the expert: plain files, filtered by measured traits."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar, get_args

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.knowledge import Fact, Knowledge, MemberAdvice, ViewAdvice
from iiml_codegen.domain.metric import METRICS
from iiml_codegen.domain.profile import DataProfile, Role
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import from_plain
from iiml_codegen.execution.accelerator import find_accelerator
from iiml_codegen.implementation.recipes import template_text
from iiml_codegen.planning.data_traits import data_traits
from iiml_codegen.planning.knowledge_advice import advice_for, words_about
from iiml_codegen.planning.objectives import LOGARITHMS

FEW_ROWS, MANY_ROWS = 2_000, 50_000
MANY_CLASSES = 10
SEVERAL_CLASSES = 8
"""As good as many where rows are pictures: boosting grows a tree for each, on many numbers."""
MUCH_TEXT = 2_000_000
"""Characters over all rows; character sequences take about 4 s per million."""
FEW_TABLE_COLUMNS = 3
MANY_NUMBERS = 50
FEW_ROWS_EACH = 20
TABLE_ROLES: tuple[Role, ...] = ("number", "category", "ordinal_code", "date", "boolean")


class Conditional(Protocol):
    """Anything that holds only for competitions with certain traits."""

    @property
    def when(self) -> tuple[str, ...]:
        """Traits that must all be there."""


C = TypeVar("C", bound=Conditional)


class ExpertKnowledgeRetriever:
    """Reads `workspace_templates/knowledge` and keeps what fits the competition.

    Unless switched off, what solves on this machine taught is among the advice; no plan uses it.
    """

    def __init__(self, *, learned: bool = True) -> None:
        self._learned = learned

    def retrieve(self, task: TaskSummary, profile: DataProfile, description: str = "") -> Knowledge:
        """Facts, members and views for these traits; members in the order of trial."""
        traits = traits_of(task, profile) | machine_traits()
        members = [
            member
            for member in fitting(every_member(), traits)
            if task.kind in member.templates and not traits & set(member.unless)
        ]
        return Knowledge(
            traits=tuple(sorted(traits)),
            facts=tuple(fitting(read("facts", "fact", Fact), traits)),
            members=tuple(sorted(members, key=lambda member: (member.order, member.name))),
            views=tuple(fitting(read("views", "view", ViewAdvice), traits)),
            advice=advice_for(
                words_about(task, profile, description), traits, learned=self._learned
            ),
        )


def traits_of(task: TaskSummary, profile: DataProfile) -> set[str]:
    """Words for what was measured, by which knowledge is found."""
    table = profile.with_role(*TABLE_ROLES)
    texts = profile.free_texts()
    rows = profile.train_rows + profile.test_rows
    media = {media.kind for media in task.layout.media}
    numbers = len(profile.with_role("number"))
    many_classes = len(task.classes) if len(task.classes) > MANY_CLASSES else 0
    measured = bool(media & {"image", "audio", "atoms", "numbers"}) or bool(profile.rasters)
    wide = measured or numbers > MANY_NUMBERS
    characters = sum(t.text.mean_characters for t in texts if t.text) * rows
    few = profile.train_rows < FEW_ROWS
    several = len(task.classes) >= SEVERAL_CLASSES and bool(profile.rasters) and not few
    traits = {task.kind, f"metric_{task.metric}"}
    tests = {
        "table": bool(table) or measured or not texts,
        "wide_table": len(table) > FEW_TABLE_COLUMNS or not texts,
        "many_numbers": wide,
        "few_rows_for_numbers": wide and few,
        "few_rows_for_classes": profile.train_rows < FEW_ROWS_EACH * many_classes,
        "images": "image" in media,
        "sounds": "audio" in media,
        "atoms": "atoms" in media,
        "text": bool(texts),
        "text_only": bool(texts) and not measured and len(table) <= FEW_TABLE_COLUMNS,
        "categories": any(c.role == "category" for c in table),
        "few_rows": few,
        "many_rows": profile.train_rows > MANY_ROWS,
        "many_classes": len(task.classes) > MANY_CLASSES or several,
        "probabilities": METRICS[task.metric].wants == "probabilities",
        "log_target": task.metric in LOGARITHMS,
        "much_text": characters > MUCH_TEXT,
        "noisy_text": any(t.text and t.text.escape_share > 0.05 for t in texts),
    }
    if task.layout.pixels:
        tests |= {"table": False, "wide_table": False, "pixels": True}
    source = task.layout.source
    if source is not None:
        tests |= {"table": False, "wide_table": False, "texts_asked": True}
        tests |= {"rewritten_texts": not source.part, "pieces_of_texts": source.part}
    named = {name for name, holds in tests.items() if holds}
    return traits | named | data_traits(task, profile)


def machine_traits() -> set[str]:
    """What this machine has that makes more models affordable."""
    return {"gpu"} if find_accelerator().gpu is not None else set()


def fitting(items: Iterable[C], traits: set[str]) -> list[C]:
    """Those whose conditions the traits meet."""
    return [item for item in items if set(item.when) <= traits]


def every_member() -> list[MemberAdvice]:
    """The members of all tracks, a file per track."""
    files = [f"members/{track}" for track in get_args(Track)]
    return [member for file in files for member in read(file, "member", MemberAdvice)]


T = TypeVar("T")


def read(file: str, table: str, kind: type[T]) -> list[T]:
    """The entries of one knowledge file, strictly read."""
    content: dict[str, list[Any]] = tomllib.loads(template_text("knowledge", f"{file}.toml"))
    return [from_plain(entry, kind) for entry in content.get(table, [])]
