"""Who broke a clause: prep, which promised (fulfilment), or a model that asks for more (usage)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Breach, Clause, Contract
from iiml_codegen.domain.fault import Place, Related, Violation
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.prep_places import (
    column_line,
    functions,
    listing_line,
    making_line,
    missing_line,
    output_line,
)
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.syntax import syntax_tree

BY_NAME = frozenset({"IIML310", "IIML311", "IIML312", "IIML313", "IIML314", "IIML316", "IIML317"})
"""Breaches whose names are columns of prep, so that the line that makes one is the place."""
MOST_NAMES = 3
"""Where more columns are concerned, the output as a whole is."""


def clause_violation(
    prep: Module,
    contract: Contract,
    breach: Breach,
    model: Module | None = None,
    blueprint: Blueprint | None = None,
) -> Violation:
    """A clause that prep's outputs do not keep: where prep makes them, and who needs them.

    The place is the line that makes the column concerned where there is one, else the line that
    makes the output. `related` are where it is returned, the model's line that needs it, and the
    step of the blueprint.
    """
    known = next((c for c in contract.clauses_for(breach.output) if c.id == breach.clause), None)
    line, gives = breach_line(prep.text, contract, breach), output_line(prep.text, breach.output)
    step = step_of(known, prep.text, line)
    related = [*model_needs(model, contract, breach)] if model else []
    if line != gives and breach.code != "IIML301":
        output = Place(file=prep.label, line=gives)
        related.insert(0, Related(place=output, message=f"`{breach.output}` is returned here"))
    related += step_marker(prep, step, blueprint)
    return Violation(
        code=breach.code,
        message=f"{breach.message} ({breach.evidence})" if breach.evidence else breach.message,
        place=Place(file=prep.label, line=line),
        hint=known.says if known else "",
        clause=breach.clause,
        step=step,
        side="fulfilment",
        names=breach.names,
        related=tuple(related),
    )


def breach_line(text: str, contract: Contract, breach: Breach) -> int:
    """The line of prep to look at first."""
    if breach.code == "IIML301":
        return missing_line(text, {clause.output for clause in contract.clauses})
    line = None
    if breach.code in BY_NAME and len(breach.names) <= MOST_NAMES:
        line = column_line(text, breach.names)
        if line is None and breach.code == "IIML316":
            line = listing_line(text, breach.names)
    return line or making_line(text, breach.output) or output_line(text, breach.output)


def step_of(clause: Clause | None, text: str, line: int) -> str | None:
    """The step of the clause, else the one whose marker stands nearest above, in one function."""
    if clause is not None and clause.step:
        return clause.step
    starts = [node.lineno for node in functions(text).values() if node.lineno <= line]
    above = [step for step, at, _ in markers(text) if max(starts, default=0) <= at <= line]
    return above[-1] if above else None


def step_marker(prep: Module, step: str | None, blueprint: Blueprint | None) -> list[Related]:
    """Where prep marks a step, with the step's title in the blueprint."""
    planned = [s for s in blueprint.steps if s.id == step] if blueprint and step else []
    found = [line for one, line, _ in markers(prep.text) if one == step]
    if not planned or not found:
        return []
    message = f"step {step} of the blueprint: {planned[0].title}"
    return [Related(place=Place(file=prep.label, line=found[0]), message=message)]


def model_needs(model: Module, contract: Contract, breach: Breach) -> Iterator[Related]:
    """The line of a model that needs what was promised: a column by name, else the parameter."""
    try:
        tree = syntax_tree(model.text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in breach.names:
            place = Place(file=model.label, line=node.lineno, column=node.col_offset + 1)
            yield Related(place=place, message=f"{model.label} uses `{node.value}` here")
            return
    function = "predict" if breach.output.endswith("_test") else "fit"
    number = 0 if function == "fit" and breach.output != contract.target_output else 1
    for one in tree.body:
        if isinstance(one, ast.FunctionDef) and one.name == function:
            declared = [*one.args.posonlyargs, *one.args.args]
            if len(declared) > number:
                taken = declared[number]
                place = Place(file=model.label, line=taken.lineno, column=taken.col_offset + 1)
                message = f"{function} of {model.label} takes it as `{taken.arg}`"
                yield Related(place=place, message=message)
