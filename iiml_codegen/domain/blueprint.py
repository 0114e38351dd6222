"""The blueprint: the plan B = (prep, model, train, eval) as numbered steps."""

from __future__ import annotations

from typing import Any, Literal

from iiml_codegen.domain.task import TaskKind
from iiml_codegen.domain.wire import Frozen

Part = Literal["prep", "model", "train", "eval"]
Track = Literal["traditional", "pretrained", "custom_nn"]
FoldStrategy = Literal["random", "stratified", "grouped", "forward", "blocks"]
LETTER: dict[Part, str] = {"prep": "P", "model": "M", "train": "T", "eval": "E"}


class Step(Frozen):
    """One numbered step. `key` names the recipe that implements it, `values` fill it in.

    `why` cites what was measured or retrieved; `id` is the letter of the part and a number (`P3`).
    `member` is the candidate member that a model or train step belongs to.
    """

    id: str
    part: Part
    key: str
    title: str
    why: str
    values: dict[str, Any] = {}
    member: str | None = None


class Member(Frozen):
    """One model to try: a template of `workspace_templates/models`, its view and its constants.

    `others` are further views that its functions take, `cost` the expected seconds per fold on one
    thread. `parts` are network recipes that take the place of others in the template.
    """

    name: str
    track: Track
    template: str
    view: str
    others: tuple[str, ...] = ()
    constants: dict[str, Any] = {}
    cost: float = 10.0
    why: str = ""
    parts: dict[str, str] = {}

    @property
    def views(self) -> tuple[str, ...]:
        """All views that it reads, that of its rows first."""
        return (self.view, *self.others)


class FoldPlan(Frozen):
    """How rows are withheld: `strategy`, number of folds, and the column it follows."""

    strategy: FoldStrategy
    folds: int
    column: str | None
    why: str
    seed: int = 0


class Blueprint(Frozen):
    """The plan that code is written to and checked against.

    `transductive` are the steps that learn from test rows too, without labels: what they learn
    changes with the test, and the leak tests know it.
    """

    title: str
    kind: TaskKind
    steps: tuple[Step, ...]
    members: tuple[Member, ...]
    folds: FoldPlan
    notes: tuple[str, ...] = ()
    transductive: tuple[str, ...] = ()

    def part(self, part: Part) -> tuple[Step, ...]:
        """The steps of one part, in order."""
        return tuple(step for step in self.steps if step.part == part)

    def steps_of(self, member: str) -> tuple[Step, ...]:
        """Model and train steps of one member."""
        return tuple(step for step in self.steps if step.member == member)

    def member(self, name: str) -> Member:
        """The member called `name`; raises KeyError."""
        for member in self.members:
            if member.name == name:
                return member
        raise KeyError(name)
