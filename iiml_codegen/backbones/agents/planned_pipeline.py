"""The plan as a model answers it, and what may be wrong with it."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from iiml_codegen.domain.blueprint import Blueprint, Track
from iiml_codegen.domain.profile import DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen

RESERVED = ("target", "train", "test", "ids", "groups", "fitted")
NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
MOST_STEPS, MOST_VIEWS, MOST_WRONG = 12, 3, 5
Values = Literal["numbers", "numbers_and_categories", "anything"]


class PlannedStep(Frozen):
    """One step of the preparation."""

    title: Annotated[str, Meta(description="what is done, as an order of at most 12 words")]
    why: Annotated[str, Meta(description="the measurement or fact that it rests on")]
    columns: Annotated[tuple[str, ...], Meta(description="input columns, spelled as above")] = ()
    learns_from_test: Annotated[
        bool, Meta(description="whether it learns statistics from test rows, too")
    ] = False


class PlannedView(Frozen):
    """What preparation hands to a model: NAME_train and NAME_test."""

    name: str
    kind: Literal["frame", "array", "sparse"]
    values: Values
    gaps: Annotated[bool, Meta(description="whether values may be missing")]
    says: Annotated[str, Meta(description="what it holds, in a few words")]


class PlannedMember(Frozen):
    """One model of one track."""

    track: Track
    view: str
    model: Annotated[str, Meta(description="the model, as an order of at most 12 words")]
    settings: Annotated[str, Meta(description="sizes, regularisation, how inputs enter it")]
    training: Annotated[str, Meta(description="loss, optimiser, stopping; at most 12 words")]
    why: str


class PlannedPipeline(Frozen):
    """A whole plan: shared preparation, views, one member per track."""

    prep: tuple[PlannedStep, ...]
    views: tuple[PlannedView, ...]
    members: tuple[PlannedMember, ...]


@dataclass(frozen=True)
class Ground:
    """What a plan is held against: the data, the expert's plan, and the tracks asked for."""

    task: TaskSummary
    profile: DataProfile
    blueprint: Blueprint
    tracks: tuple[Track, ...]
    use_suspected_leaks: bool = False

    def usable(self) -> frozenset[str]:
        """Columns that may become features: of both tables, no target, no suspected leak."""
        leaks = () if self.use_suspected_leaks else self.profile.leaks
        skip = {*self.task.targets, *(leak.column for leak in leaks)}
        both = {c.name for c in self.profile.columns if c.in_train and c.in_test}
        related = {one for table in self.task.layout.related for one in table.keys}
        return frozenset((both | related) - skip)

    def wrong(self, plan: PlannedPipeline) -> str:
        """What a model has to mend, at most a few sentences; "" where nothing is wrong."""
        found = [*self._wrong_steps(plan), *self._wrong_views(plan), *self._wrong_members(plan)]
        return "; ".join(found[:MOST_WRONG])

    def _wrong_steps(self, plan: PlannedPipeline) -> Iterator[str]:
        if not 1 <= len(plan.prep) <= MOST_STEPS:
            yield f"prep must have 1 to {MOST_STEPS} steps, not {len(plan.prep)}"
        usable = self.usable()
        known = {c.name for c in self.profile.columns} | {*self.task.targets}
        for number, step in enumerate(plan.prep, start=1):
            if not step.title.strip():
                yield f"step {number} has no title"
            for name in step.columns:
                shown = name[:60]
                if name in self.task.targets:
                    yield f"step {number}: {shown!r} is the target and can be no input column"
                elif name in known and name not in usable:
                    yield f"step {number}: {shown!r} must not be used: only train has it, or a leak"
                elif name not in usable:
                    yield f"step {number}: there is no column {shown!r}"

    def _wrong_views(self, plan: PlannedPipeline) -> Iterator[str]:
        if not 1 <= len(plan.views) <= MOST_VIEWS:
            yield f"there must be 1 to {MOST_VIEWS} views, not {len(plan.views)}"
        names = [view.name for view in plan.views]
        for name in names:
            if not is_name(name) or name in RESERVED or names.count(name) > 1:
                yield f"view name {name[:60]!r} must be a lower-case identifier of its own"

    def _wrong_members(self, plan: PlannedPipeline) -> Iterator[str]:
        views = {view.name for view in plan.views}
        for track in self.tracks:
            found = sum(member.track == track for member in plan.members)
            if found != 1:
                yield f"there must be one member of track {track}, not {found}"
        for member in plan.members:
            if member.view not in views:
                yield f"the {member.track} member reads {member.view[:60]!r}, which is no view"
            if not member.model.strip():
                yield f"the {member.track} member names no model"


def is_name(text: str) -> bool:
    """Whether a text can be a variable's name, short and in lower case."""
    return NAME.fullmatch(text) is not None and not keyword.iskeyword(text)
