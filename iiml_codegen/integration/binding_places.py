"""What the binder found as violations with places: the parameter, the line of prep, the clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iiml_codegen.domain.contract import Contract, Observation
from iiml_codegen.domain.fault import Place, Related, Violation
from iiml_codegen.errors import BindingError
from iiml_codegen.integration.binder import Binder, Settle, left_open
from iiml_codegen.integration.binding_evidence import TRAIN, Given, Rows, listed
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.prep_places import comes_from_extract, output_line
from iiml_codegen.integration.roles import Parameter, signature

CONTRACT = "contract.json"
OF_PREP = ("IIML202", "IIML203", "IIML205", "IIML209", "IIML213")
"""Codes that prep breaks, rather than the model that asks."""


def binding_violations(
    module: Module,
    contract: Contract,
    observations: Sequence[Observation],
    view: str | None = None,
    *,
    rows: Rows | None = None,
    prep: Module | None = None,
    settle: Settle = left_open,
) -> list[Violation]:
    """Rung 2 for one model module; the texts of module and `prep` must parse.

    `rows` are the numbers of rows that prep read; `prep` lends the places of its outputs. `settle`
    may choose where there is a tie.
    """
    binder = Binder(contract, observations, module, rows, settle)
    found = binder.bind(view)
    problems = list(binder.problems)
    if found is not None and prep is not None:
        problems += encoded_elsewhere(module, found.train.removesuffix(TRAIN), prep)
    errors = [_violation(module, binder.given, prep, problem) for problem in problems]
    return errors + [_unfed(module, parameter) for parameter in binder.unfed]


def _violation(
    module: Module, given: Given, prep: Module | None, problem: BindingError
) -> Violation:
    offered = f"; it could be {listed(problem.choices[:5])}" if problem.choices else ""
    clauses = given.contract.clauses_for(problem.output)
    return Violation(
        code=problem.code,
        message=Exception.__str__(problem) + offered,
        place=place_of(module, problem.parameter),
        hint=problem.hint,
        clause=clauses[0].id if clauses else None,
        step=clauses[0].step if clauses else None,
        side="fulfilment" if problem.code in OF_PREP else "usage",
        names=problem.choices,
        related=tuple(_related(given, prep, problem)),
    )


def _related(given: Given, prep: Module | None, problem: BindingError) -> Iterator[Related]:
    """The line of prep that gives the output or its likeliest stand-in, and the clause."""
    if prep is not None and (problem.output or problem.choices):
        name = problem.output or problem.choices[0]
        name += TRAIN if name in given.views else ""
        place = Place(file=prep.label, line=output_line(prep.text, name))
        yield Related(place=place, message=f"`{name}` is to be given here")
    for clause in given.contract.clauses_for(problem.output):
        yield Related(place=Place(file=CONTRACT), message=f"{clause.id}: {clause.says}")


def _unfed(module: Module, parameter: Parameter) -> Violation:
    """IIML212: nothing is wrong, but a person should know."""
    return Violation(
        code="IIML212",
        message=f"nothing feeds {parameter.name} of {module.label}: it keeps its default",
        place=Place(file=module.label, line=parameter.line, column=parameter.column),
        severity="information",
        hint=f"return an output {parameter.name!r} from prepare to feed it",
        names=(parameter.name,),
        side="usage",
    )


def encoded_elsewhere(module: Module, view: str, prep: Module) -> Iterator[BindingError]:
    """IIML215 for a view that `encode` reads, though it is not what `extract` gives."""
    if signature(module.text, "encode") is not None and not comes_from_extract(prep.text, view):
        yield BindingError(
            f"encode of {module.label} reads `{view}`, which extract does not give",
            hint=f'return "{view}" from extract, or take its rows as they are in fit and predict',
            code="IIML215",
            parameter="encode",
            output=view + TRAIN,
        )


def place_of(module: Module, parameter: str) -> Place:
    """Where `fit.X` is declared; the function, or the file's first line, where it is not."""
    function, _, name = (parameter or "fit").partition(".")
    found = signature(module.text, function) or ()
    for one in found:
        if one.name == name:
            return Place(file=module.label, line=one.line, column=one.column)
    lines = module.text.split("\n")
    line = next((n for n, text in enumerate(lines, 1) if text.startswith(f"def {function}(")), 1)
    return Place(file=module.label, line=line)
