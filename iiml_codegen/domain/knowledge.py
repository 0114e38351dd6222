"""Knowledge: facts with their sources, and advice on which models to try."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.task import TaskKind
from iiml_codegen.domain.wire import Frozen


class Fact(Frozen):
    """Something known about data or tasks with certain traits; `topic` is what a step asks for.

    It holds where all traits of `when` are there and none of `unless`, for any of `kinds` and any
    of `metrics`; empty ones restrict nothing. An `id` is its area and a name, as in `data.gaps`.
    `tags` are words by which a search finds it.
    """

    topic: str
    says: str
    source: str
    when: tuple[str, ...] = ()
    id: str = ""
    unless: tuple[str, ...] = ()
    kinds: tuple[TaskKind, ...] = ()
    metrics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """What it is about: `domain`, `data`, `model`, `metric`, `practice` or `learned`."""
        return self.id.partition(".")[0]

    def holds(self, traits: Collection[str]) -> bool:
        """Whether it holds for a competition with exactly these traits."""
        return (
            all(trait in traits for trait in self.when)
            and not any(trait in traits for trait in self.unless)
            and (not self.kinds or any(kind in traits for kind in self.kinds))
            and (not self.metrics or any(f"metric_{name}" in traits for name in self.metrics))
        )

    def narrowness(self) -> int:
        """How many conditions it has."""
        return len(self.when) + len(self.unless) + bool(self.kinds) + bool(self.metrics)


class MemberAdvice(Frozen):
    """A model worth trying when the competition has all traits of `when` and none of `unless`.

    `templates` maps a task kind to a file of `workspace_templates/models`; `constants` are filled
    in for every kind, `constants_of` for single ones; `cost` is in seconds per fold on one thread
    for the size it was measured at; members are tried by `order`. `weights` is what pretrained
    weights must have been trained on to serve, `named` a part of their name, and a member that
    `tunes` goes on training them; `parts` are network recipes exchanged in a template.
    """

    name: str
    track: Track
    title: str
    training: str
    templates: dict[TaskKind, str]
    order: int
    cost: float
    why: str
    source: str
    view: str = ""
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    constants: dict[str, Any] = {}
    constants_of: dict[TaskKind, dict[str, Any]] = {}
    weights: str = ""
    named: str = ""
    tunes: bool = False
    parts: dict[str, str] = {}


class ViewAdvice(Frozen):
    """How a view of the texts is made: the recipe and its settings, for these traits."""

    name: str
    recipe: str
    title: str
    why: str
    when: tuple[str, ...] = ()
    settings: dict[str, Any] = {}


class Knowledge(Frozen):
    """What was retrieved for one competition; empty when retrieval is switched off.

    The plan is made from `facts`, `members` and `views`; `advice` is for people and models to read.
    """

    traits: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    members: tuple[MemberAdvice, ...] = ()
    views: tuple[ViewAdvice, ...] = ()
    advice: tuple[Fact, ...] = ()

    def fact(self, topic: str) -> Fact | None:
        """The first fact on a topic."""
        return next((fact for fact in self.facts if fact.topic == topic), None)

    def view(self, name: str) -> ViewAdvice | None:
        """How the view called `name` is made."""
        return next((view for view in self.views if view.name == name), None)
