"""What a rule is: one code, and examples that are its tests and its page.

Rules of rungs 0 and 1 are static: they carry their check. Rules of higher rungs are checked on
live objects elsewhere (binder, worker, supervisor); their examples are run by the same code.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from iiml_codegen.domain.blueprint import Step
from iiml_codegen.domain.contract import Clause, Observation
from iiml_codegen.domain.fault import FaultClass, Related, Severity

Fixable = Literal["no", "safe", "needs_review"]


@dataclass(frozen=True)
class Facts:
    """What is known besides the text: the steps that a file implements, and all step ids.

    `forbidden` columns, targets and ids, must not serve as features. `outputs` are the names that
    the contract lists, `observations` what prep gave when it ran last, `clauses` those concerned.
    """

    steps: tuple[Step, ...] = ()
    known_ids: frozenset[str] = frozenset()
    forbidden: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    observations: tuple[Observation, ...] = ()


@dataclass(frozen=True)
class Checked:
    """A module under check: its file name, text and syntax tree."""

    file: str
    text: str
    tree: ast.Module
    facts: Facts

    @property
    def is_prep(self) -> bool:
        """Whether this is the preparation module."""
        return PurePosixPath(self.file).name.startswith("prep")

    @property
    def is_model(self) -> bool:
        """Whether this is a model module."""
        return PurePosixPath(self.file).name.startswith("model")

    def functions(self) -> dict[str, ast.FunctionDef]:
        """Top-level functions by name."""
        return {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}


@dataclass(frozen=True)
class Finding:
    """One place where a rule is broken; lines and columns count from 1."""

    message: str
    line: int = 1
    column: int = 1
    hint: str = ""
    step: str | None = None
    names: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()


@dataclass(frozen=True)
class Example:
    """What a rule accepts or refuses: a module, or for live rules what its file name says.

    `outputs.py` builds `outputs` as prepare would return them, `submission.csv` is a submission.
    """

    text: str
    file: str = "prep.py"
    facts: Facts = Facts()


@dataclass(frozen=True)
class Rule:
    """A rule with its page; `fault` is the class of what breaks it."""

    code: str
    title: str
    why: str
    severity: Severity
    fixable: Fixable
    fault: FaultClass
    valid: tuple[Example, ...]
    invalid: tuple[Example, ...]

    @property
    def rung(self) -> int:
        """The level of the verification ladder that the rule belongs to."""
        return int(self.code[4])


@dataclass(frozen=True)
class StaticRule(Rule):
    """A rule of rung 1: it looks at the text alone, as one types."""

    check: Callable[[Checked], Iterable[Finding]]


def at(node: ast.AST, message: str, hint: str = "") -> Finding:
    """A finding at a node's place."""
    return Finding(message, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1, hint)


def dotted_name(node: ast.AST) -> str:
    """`a.b.c` of a chain of attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted_name(node.value)
        return f"{head}.{node.attr}" if head else ""
    return ""


def imported_modules(tree: ast.Module) -> list[tuple[ast.stmt, str]]:
    """Every import statement with the module that it is from."""
    found: list[tuple[ast.stmt, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node, node.module or ""))
    return found


def import_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for, in full: `np` for numpy, `rmtree` for shutil.rmtree."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                head = alias.name.split(".")[0]
                names[alias.asname or head] = alias.name if alias.asname else head
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def full_name(node: ast.AST, names: dict[str, str]) -> str:
    """The dotted name with its first part replaced by what was imported under it."""
    head, dot, rest = dotted_name(node).partition(".")
    return f"{names[head]}{dot}{rest}" if head in names else ""
