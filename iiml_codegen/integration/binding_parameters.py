"""Whether a model's parameters stand where they are called, and what feeds the further ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iiml_codegen.errors import BindingError
from iiml_codegen.integration.binding_evidence import TEST, TRAIN, Given
from iiml_codegen.integration.parameter_use import (
    Vote,
    fit_order,
    function,
    kinds_of,
    predict_order,
)
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.roles import ALIGNED, ROLES, Parameter, role_of
from iiml_codegen.syntax import syntax_tree

Fed = dict[str, str | None]
"""The output that feeds each further parameter; None where it keeps its default."""
CALLED = {"fit": "fit(X, y, ...)", "predict": "predict(model, X)"}


@dataclass(frozen=True)
class ParameterChecks:
    """The parameters of one module; `target` is the output that holds the answers."""

    given: Given
    module: Module
    target: str

    def order(
        self, fit: Sequence[Parameter], predict: Sequence[Parameter], view: str | None
    ) -> Iterator[BindingError]:
        """Parameters that stand in another order than they are called in, or may do so."""
        fitting = function(self.module.text, "fit")
        predicting = function(self.module.text, "predict")
        assert fitting is not None
        assert predicting is not None
        encodes = function(self.module.text, "encode") is not None
        annotated = () if encodes else self.annotated(fit[:2], view)
        found = {
            "fit": fit_order(fitting, fit[0].name, fit[1].name, self.named(fit[:2]), annotated),
            "predict": predict_order(
                predicting,
                predict[0].name,
                predict[1].name,
                [*self.named(predict[:2]), *typed(predict[:2], self.module.text)],
            ),
        }
        for name, parameters in (("fit", fit), ("predict", predict)):
            if found[name] != "as called" or any(spoken_for(p.name) for p in parameters[:2]):
                yield self.disordered(name, parameters[:2], found[name] == "swapped")

    def disordered(self, name: str, parameters: Sequence[Parameter], swapped: bool) -> BindingError:
        """IIML208 for the first two parameters of a function."""
        first, second = (parameter.name for parameter in parameters)
        said = "stand the other way round" if swapped else "do not say which of them is which"
        return BindingError(
            f"{name}({first}, {second}) is called as {CALLED[name]}, but its parameters {said}",
            choices=(second, first),
            hint=f"write them in the order of {CALLED[name]}",
            code="IIML208",
            parameter=f"{name}.{first}",
        )

    def annotated(self, parameters: Sequence[Parameter], view: str | None) -> Iterator[Vote]:
        """What annotations say, where rows and target are of different kinds."""
        views = [view] if view in self.given.views else self.given.views
        rows = {self.given.kind(name + TRAIN) for name in views if name}
        target = self.given.kind(self.target)
        for parameter in parameters:
            kinds = set(kinds_of(parameter.annotation))
            if kinds & rows and target not in kinds:
                yield parameter.name, "rows"
            elif target in kinds and not kinds & rows:
                yield parameter.name, "other"

    def named(self, parameters: Sequence[Parameter]) -> Iterator[Vote]:
        """What names say that are those of outputs."""
        for parameter in parameters:
            if parameter.name == self.target:
                yield parameter.name, "other"
            elif parameter.name.removesuffix(TRAIN).removesuffix(TEST) in self.given.views:
                yield parameter.name, "rows"

    def others(
        self, fit: Sequence[Parameter], predict: Sequence[Parameter]
    ) -> tuple[Fed, list[BindingError], tuple[Parameter, ...]]:
        """What feeds further parameters, the problems, and those that keep their defaults."""
        asked = self.asked(predict)
        gaps = [self.gap("predict", p, ()) for p in predict if p.required and p.name not in asked]
        fed: Fed = {}
        open_: list[Parameter] = []
        for parameter in fit:
            if role_of(parameter.name):
                continue
            found = self.aligned(parameter)
            if len(found) > 1:
                gaps.append(self.tie(parameter, found))
            fed[parameter.name] = found[0] if len(found) == 1 else None
            if not found:
                open_.append(parameter)
        left = self.left(fed)
        gaps += [self.gap("fit", p, left) for p in open_ if p.required or (left and wants(p))]
        unfed = tuple(p for p in open_ if not p.required and not left and wants(p))
        return fed, gaps, unfed

    def asked(self, predict: Sequence[Parameter]) -> dict[str, str]:
        """The test halves of views that further parameters of `predict` are called like."""
        views = {p.name: p.name.removesuffix(TEST) for p in predict}
        return {name: view + TEST for name, view in views.items() if view in self.given.views}

    def aligned(self, parameter: Parameter) -> list[str]:
        """Row-aligned outputs that a parameter's name stands for."""
        names = next((n for n in ALIGNED.values() if parameter.name in n), (parameter.name,))
        rows = self.given.seen[self.target].rows
        tried = [f"{name}{end}" for name in names for end in (TRAIN, "")]
        seen = self.given.seen
        return [n for n in tried if n in seen and seen[n].rows == rows and n != self.target]

    def left(self, fed: Fed) -> tuple[str, ...]:
        """Row-aligned outputs that nothing takes."""
        rows = self.given.seen[self.target].rows
        taken = {*fed.values(), self.target}
        return tuple(name for name in self.given.aligned(rows) if name not in taken)

    def tie(self, parameter: Parameter, found: Sequence[str]) -> BindingError:
        """IIML207 for a parameter that several outputs are called like."""
        return BindingError(
            f"{len(found)} outputs could feed {parameter.name} of {self.module.label}",
            choices=tuple(found),
            hint="return only one of them from prepare, or name the parameter after it",
            code="IIML207",
            parameter=f"fit.{parameter.name}",
            output=found[0],
        )

    def gap(self, name: str, parameter: Parameter, left: Sequence[str]) -> BindingError:
        """IIML204 for a parameter that nothing feeds."""
        many = "1 output" if len(left) == 1 else f"{len(left)} outputs"
        what = f"{many} could feed {parameter.name} of {self.module.label}"
        choices = self.given.likely(parameter.name, left) if left else ROLES
        hint = f'return {{"{parameter.name}": ...}} from prepare, or give it a default'
        return BindingError(
            f"{what}, and none is called like it",
            choices=choices if name == "fit" else (),
            hint=hint if name == "fit" else "predict is called as predict(model, X)",
            code="IIML204",
            parameter=f"{name}.{parameter.name}",
        )


def spoken_for(name: str) -> bool:
    """Whether a name stands for something else than rows, answers or model."""
    return role_of(name) is not None or any(name in names for names in ALIGNED.values())


def wants(parameter: Parameter) -> bool:
    """Whether a parameter with a default looks as if it waited for one value per row."""
    known = any(parameter.name in names for names in ALIGNED.values())
    return known or parameter.default == "None" or bool(kinds_of(parameter.annotation))


def typed(parameters: Sequence[Parameter], text: str) -> Iterator[Vote]:
    """What annotations of `predict` say: data are rows, a class of the module is the model."""
    classes = {n.name for n in syntax_tree(text).body if isinstance(n, ast.ClassDef)}
    for parameter in parameters:
        if kinds_of(parameter.annotation):
            yield parameter.name, "rows"
        elif parameter.annotation.strip("'\"") in classes:
            yield parameter.name, "other"
