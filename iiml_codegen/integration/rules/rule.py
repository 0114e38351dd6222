"""What a rule is: one code, one check, and examples that are its tests and its page."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from iiml_codegen.domain.blueprint import Step
from iiml_codegen.domain.fault import Severity

Fixable = Literal["no", "safe", "needs_review"]


@dataclass(frozen=True)
class Facts:
    """What is known besides the text: the steps that a file implements, and all step ids.

    `forbidden` columns, targets and ids, must not serve as features.
    """

    steps: tuple[Step, ...] = ()
    known_ids: frozenset[str] = frozenset()
    forbidden: tuple[str, ...] = ()


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


@dataclass(frozen=True)
class Example:
    """A module that a rule accepts or refuses."""

    text: str
    file: str = "prep.py"
    facts: Facts = Facts()


@dataclass(frozen=True)
class Rule:
    """A rule of rung 1, with its page."""

    code: str
    title: str
    why: str
    severity: Severity
    fixable: Fixable
    check: Callable[[Checked], Iterable[Finding]]
    valid: tuple[Example, ...]
    invalid: tuple[Example, ...]


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
