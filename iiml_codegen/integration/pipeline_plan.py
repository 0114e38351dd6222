"""What the assembler is told, and what it hands back."""

from __future__ import annotations

from iiml_codegen.domain.contract import Binding
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.integration.source_map import SourceMap

Rounds = int | list[int] | None


class Module(Frozen):
    """The text of one module; `name` tells colliding names apart, `label` is its path to show."""

    name: str
    label: str
    text: str


class Bindings(Frozen):
    """What feeds a model: the outputs for rows and target, and the evidence for each.

    `others` maps further row-aligned parameters of `fit` (groups, weights, views) to outputs;
    `views` are those of them that take a view. `asked` maps further parameters of `predict` to the
    test halves of views.
    """

    train: str
    test: str
    target: str = "target"
    others: dict[str, str] = {}
    views: tuple[str, ...] = ()
    asked: dict[str, str] = {}
    evidence: tuple[Binding, ...] = ()


class MemberModule(Frozen):
    """A model module as a member of a pipeline, with the literals of its refit.

    `rounds` is what the folds found, or None where the notion does not apply; without `bindings`
    the own outputs of the view and of `others` are taken: `<view>_train` and `<view>_test`.
    """

    name: str
    module: Module
    view: str
    rounds: Rounds = None
    seeds: tuple[int, ...] = (0,)
    bindings: Bindings | None = None
    others: tuple[str, ...] = ()

    def bound(self) -> Bindings:
        """The bindings, from evidence or by the naming rule of views."""
        return self.bindings or Bindings(
            train=f"{self.view}_train",
            test=f"{self.view}_test",
            others={name: f"{name}_train" for name in self.others},
            views=self.others,
            asked={name: f"{name}_test" for name in self.others},
        )


class Decision(Frozen):
    """A module with `decide(raw, **fitted)` and its fitted parameters.

    A parameter whose name ends in "s" is passed as a list, any other as a number.
    """

    module: Module
    fitted: dict[str, list[float]] = {}


class Combination(Frozen):
    """A module with `combine(predictions, **parameters)`: one raw array per member, in order."""

    module: Module
    parameters: dict[str, list[float]] = {}


class HarnessPlan(Frozen):
    """Everything else that a pipeline says: the task's facts, decision, combination, threads."""

    title: str
    task: TaskSummary
    decision: Decision | None = None
    combination: Combination | None = None
    threads: int = 1


class Pipeline(Frozen):
    """An assembled pipeline: text and where each line came from."""

    text: str
    source_map: SourceMap
