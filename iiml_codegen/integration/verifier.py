"""Rungs 0 and 1 of the verification ladder, and the places of broken clauses; fast, no libcst."""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from iiml_codegen.domain.blueprint import Blueprint, Step
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.fault import Place, Violation
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.rules import PARSING_RULES, STATIC_RULES
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.integration.rules.rule import Checked, Facts, Finding, Rule, StaticRule
from iiml_codegen.syntax import syntax_tree

NO_CODE = ast.Module(body=[], type_ignores=[])
NOTHING_MORE = Facts()


def verify(
    modules: Sequence[Module],
    blueprint: Blueprint | None = None,
    contract: Contract | None = None,
    *,
    columns: Iterable[str] = (),
    files: Iterable[str] = (),
    task: TaskSummary | None = None,
) -> tuple[Violation, ...]:
    """Check modules against the rules, the plan and the contract; sorted by file and place.

    `columns` and `files` are all that the competition has, if somebody looked.
    """
    real = Facts(columns=tuple(columns), files=tuple(files))
    found = [
        violation
        for module in modules
        for violation in verify_text(
            module.label, module.text, facts(module, blueprint, contract, real=real, task=task)
        )
    ]
    return tuple(sorted(found, key=lambda v: (v.place.file, v.place.line, v.place.column, v.code)))


def verify_text(file: str, text: str, known: Facts | None = None) -> list[Violation]:
    """Check one module; `file` tells by its name whether it is prep or a model. Never raises."""
    module = read(file, text, known)
    return [violation(file, rule, finding) for rule, finding in findings(module)]


def verify_bytes(file: str, content: bytes, known: Facts | None = None) -> list[Violation]:
    """Check a file as it lies on disk: a byte that is not UTF-8 is named at its place."""
    return verify_text(file, content.decode("utf-8", "surrogateescape"), known)


def fixed(file: str, text: str, broken: Violation, known: Facts | None = None) -> str | None:
    """The whole new text in which a violation is mended, or None where its rule knows no mend."""
    module = read(file, text, known)
    for rule, finding in findings(module):
        if rule.code == broken.code and violation(file, rule, finding).place == broken.place:
            mended = rule.fix(module, finding) if rule.fix else None
            return None if mended == module.text else mended
    return None


def read(file: str, text: str, known: Facts | None = None) -> Checked:
    """A module for the rules; its tree is empty where the text does not parse."""
    text = text.removeprefix("\ufeff")
    error: SyntaxError
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            tree = syntax_tree(text)
            symbols = symtable.symtable(text, file, "exec")
        return Checked(file, text, tree, known or Facts(), symbols=symbols)
    except SyntaxError as stopped:
        error = stopped
    except ValueError as unreadable:
        error = SyntaxError(str(unreadable))
    except (RecursionError, MemoryError):
        error = SyntaxError("too deeply nested")
    return Checked(file, text, NO_CODE, known or Facts(), error=error)


def findings(module: Checked) -> Iterator[tuple[StaticRule, Finding]]:
    """What the rules find: the first rule of rung 0 that says no speaks alone."""
    for rule in PARSING_RULES:
        found = looked(rule, module)
        if found:
            yield from ((rule, finding) for finding in found)
            return
    for rule in STATIC_RULES:
        yield from ((rule, in_characters(module, finding)) for finding in looked(rule, module))


def looked(rule: StaticRule, module: Checked) -> list[Finding]:
    """What one rule finds; an expression of a thousand links is too deep to say anything about."""
    try:
        return list(rule.check(module))
    except RecursionError:
        return []


def in_characters(module: Checked, finding: Finding) -> Finding:
    """A finding of the tree, whose columns count bytes, with columns that count characters."""
    line = module.lines[finding.line - 1] if finding.line <= len(module.lines) else ""
    if line.isascii():
        return finding
    before = line.encode("utf-8", "surrogatepass")[: finding.column - 1]
    return replace(finding, column=len(before.decode("utf-8", "ignore")) + 1)


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


def facts(
    module: Module,
    blueprint: Blueprint | None,
    contract: Contract | None,
    *,
    real: Facts = NOTHING_MORE,
    task: TaskSummary | None = None,
) -> Facts:
    """What plan, contract and task say about one module, added to what is `real`."""
    clauses = contract.clauses if contract else ()
    known = replace(
        real,
        forbidden=tuple(sorted({name for clause in clauses for name in clause.forbidden_columns})),
        outputs=tuple(dict.fromkeys(clause.output for clause in clauses)),
    )
    if task is not None:
        known = replace(
            known,
            targets=task.targets,
            kind=task.kind,
            sample=task.submission.file,
            rows_from_sample=task.layout.test_from_sample,
        )
    if blueprint is None:
        return known
    return replace(
        known,
        steps=steps_of(module, blueprint),
        known_ids=frozenset(step.id for step in blueprint.steps),
        kind=blueprint.kind,
        forward=blueprint.folds.strategy == "forward",
    )


def steps_of(module: Module, blueprint: Blueprint) -> tuple[Step, ...]:
    """The steps that a module has to implement: prep's, or those of the member that it is."""
    if module.name.startswith("prep"):
        return blueprint.part("prep")
    written = {step for step, _, _ in markers(module.text)}
    candidates = [blueprint.steps_of(member.name) for member in blueprint.members]
    return max(candidates, key=lambda steps: len(written & {s.id for s in steps}), default=())
