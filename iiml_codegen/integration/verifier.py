"""Rungs 0 and 1 of the verification ladder, and the places of broken clauses; fast, no libcst."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from iiml_codegen.domain.blueprint import Blueprint, Step
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.fault import Place, Violation
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.rules import STATIC_RULES
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.integration.rules.rule import Checked, Facts, Finding, Rule


def verify(
    modules: Sequence[Module], blueprint: Blueprint | None = None, contract: Contract | None = None
) -> tuple[Violation, ...]:
    """Check modules against the rules, the plan and the contract; sorted by file and place."""
    found = [
        violation
        for module in modules
        for violation in verify_text(module.label, module.text, facts(module, blueprint, contract))
    ]
    return tuple(sorted(found, key=lambda v: (v.place.file, v.place.line, v.place.column, v.code)))


def verify_text(file: str, text: str, known: Facts | None = None) -> list[Violation]:
    """Check one module; `file` tells by its name whether it is prep or a model."""
    try:
        tree = ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError) as error:
        return [syntax_violation(file, error)]
    module = Checked(file, text.removeprefix("\ufeff"), tree, known or Facts())
    return [
        violation(file, rule, finding) for rule in STATIC_RULES for finding in rule.check(module)
    ]


def syntax_violation(file: str, error: SyntaxError | ValueError) -> Violation:
    """IIML001, where the parser stopped."""
    line = getattr(error, "lineno", None) or 1
    column = getattr(error, "offset", None) or 1
    message = getattr(error, "msg", None) or str(error)
    return Violation(
        code="IIML001",
        message=f"syntax error: {message}",
        place=Place(file=file, line=line, column=max(column, 1)),
    )


def violation(file: str, rule: Rule, finding: Finding) -> Violation:
    """A finding of a rule as a violation."""
    return Violation(
        code=rule.code,
        message=finding.message,
        place=Place(file=file, line=finding.line, column=finding.column),
        severity=rule.severity,
        hint=finding.hint,
        step=finding.step,
        names=finding.names,
        related=finding.related,
    )


def facts(module: Module, blueprint: Blueprint | None, contract: Contract | None) -> Facts:
    """What the plan and the contract say about one module."""
    forbidden = {
        c for clause in (contract.clauses if contract else ()) for c in clause.forbidden_columns
    }
    if blueprint is None:
        return Facts(forbidden=tuple(sorted(forbidden)))
    return Facts(
        steps=steps_of(module, blueprint),
        known_ids=frozenset(step.id for step in blueprint.steps),
        forbidden=tuple(sorted(forbidden)),
    )


def steps_of(module: Module, blueprint: Blueprint) -> tuple[Step, ...]:
    """The steps that a module has to implement: prep's, or those of the member that it is."""
    if module.name.startswith("prep"):
        return blueprint.part("prep")
    written = {step for step, _, _ in markers(module.text)}
    candidates = [blueprint.steps_of(member.name) for member in blueprint.members]
    return max(candidates, key=lambda steps: len(written & {s.id for s in steps}), default=())


def clause_violation(
    prep: Module, contract: Contract, clause: str, output: str, message: str
) -> Violation:
    """IIML301: a clause that the live objects break, at the line of prep that gives the output."""
    known = next((c for c in contract.clauses_for(output) if c.id == clause), None)
    return Violation(
        code="IIML301",
        message=f"{output}: {message}",
        place=Place(file=prep.label, line=output_line(prep.text, output)),
        hint=known.says if known else "",
        clause=clause,
        step=known.step if known else None,
    )


def output_line(text: str, output: str) -> int:
    """The line of `prepare` that gives an output: its key, else its view's name, else `def`."""
    functions = [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == "prepare"
    ]
    if not functions:
        return 1
    view = output.removesuffix("_train").removesuffix("_test")
    for wanted in dict.fromkeys((output, view)):
        lines = list(mentions(functions[0], wanted))
        if lines:
            return max(lines)
    return functions[0].lineno


def mentions(function: ast.FunctionDef, text: str) -> Iterator[int]:
    """Lines where a string stands, or is built from that beginning."""
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and node.value in (text, f"{text}_"):
            yield node.lineno
