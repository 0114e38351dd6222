"""Knowledge: facts with their sources, and advice on which models to try."""

from __future__ import annotations

from typing import Any

from iiml_codegen.domain.blueprint import Track
from iiml_codegen.domain.task import TaskKind
from iiml_codegen.domain.wire import Frozen


class Fact(Frozen):
    """Something known about data or tasks with certain traits; `topic` is what a step asks for."""

    topic: str
    says: str
    source: str
    when: tuple[str, ...] = ()


class MemberAdvice(Frozen):
    """A model worth trying when the competition has all traits of `when` and none of `unless`.

    `templates` maps a task kind to a file of `workspace_templates/models`; `constants` are filled
    in for every kind, `constants_of` for single ones; `cost` is in seconds per fold on one thread
    for the size it was measured at; members are tried by `order`.
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


class ViewAdvice(Frozen):
    """How a view of the texts is made: the recipe and its settings, for these traits."""

    name: str
    recipe: str
    title: str
    why: str
    when: tuple[str, ...] = ()
    settings: dict[str, Any] = {}


class Knowledge(Frozen):
    """What was retrieved for one competition; empty when retrieval is switched off."""

    traits: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    members: tuple[MemberAdvice, ...] = ()
    views: tuple[ViewAdvice, ...] = ()

    def fact(self, topic: str) -> Fact | None:
        """The first fact on a topic."""
        return next((fact for fact in self.facts if fact.topic == topic), None)

    def view(self, name: str) -> ViewAdvice | None:
        """How the view called `name` is made."""
        return next((view for view in self.views if view.name == name), None)
