"""What is said against a module that a model wrote, before any of it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from iiml_codegen.domain.blueprint import Blueprint
from iiml_codegen.domain.contract import Contract
from iiml_codegen.domain.fault import Place, Violation
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.integration.installed import InstalledLibraries
from iiml_codegen.integration.pipeline_plan import Module
from iiml_codegen.integration.rules.names import full_name, import_names
from iiml_codegen.integration.rules.rule import Facts
from iiml_codegen.integration.verifier import facts, fixed, verify
from iiml_codegen.syntax import syntax_tree

ALSO_REFUSED = ("IIML102", "IIML134", "IIML135", "IIML137", "IIML138")
"""Warnings to a person, who may have a reason; a model has none for these."""
HELD = {
    "os.environ": "reads the environment",
    "os.getenv": "reads the environment",
    "os.environb": "reads the environment",
    "sys.modules": "reaches into the interpreter",
    "builtins": "reaches into the interpreter",
}
MODULES = {
    **dict.fromkeys(("ctypes", "cffi", "importlib", "builtins", "pty"), "inside"),
    **dict.fromkeys(("multiprocessing", "asyncio", "signal", "webbrowser"), "outside"),
}
MOST_SAID = 6
MOST_FIXES = 12
OURS = "IIML107"


@dataclass(frozen=True)
class CodeCheck:
    """What modules are held against: the plan, the contract, the data and the libraries."""

    task: TaskSummary
    contract: Contract
    columns: tuple[str, ...]
    files: tuple[str, ...]
    installed: InstalledLibraries

    def said(self, file: str, text: str, blueprint: Blueprint) -> str:
        """Everything that a model has to mend, with lines; empty where nothing is wrong."""
        found = self.refused(file, self.mended(file, text, blueprint), blueprint)
        lines = text.split("\n")
        told = [spoken(one, lines) for one in found[:MOST_SAID]]
        more = len(found) - len(told)
        return "\n".join(told + ([f"and {more} more"] if more > 0 else []))

    def mended(self, file: str, text: str, blueprint: Blueprint) -> str:
        """The text after the mends that rules know themselves: they cost no question."""
        text = text.strip("\n") + "\n"
        module = Module(name=PurePath(file).stem, label=file, text=text)
        real = Facts(columns=self.columns, files=self.files)
        known = facts(module, blueprint, self.contract, real=real, task=self.task)
        for _ in range(MOST_FIXES):
            broken = (one for one in self.violations(file, text, blueprint) if is_error(one))
            after = next(filter(None, (fixed(file, text, one, known) for one in broken)), None)
            if after is None:
                break
            text = after
        return text

    def refused(self, file: str, text: str, blueprint: Blueprint) -> list[Violation]:
        """Errors of the rules, and what only models are refused."""
        found = [
            one
            for one in self.violations(file, text, blueprint)
            if is_error(one) or one.code in ALSO_REFUSED
        ]
        if not any(one.code.startswith("IIML0") for one in found):
            found += forbidden(file, text)
            found += absent(file, text, self.installed)
        return found

    def violations(self, file: str, text: str, blueprint: Blueprint) -> Sequence[Violation]:
        """Rungs 0 and 1."""
        module = Module(name=PurePath(file).stem, label=file, text=text)
        return verify(
            [module],
            blueprint,
            self.contract,
            columns=self.columns,
            files=self.files,
            task=self.task,
        )


def is_error(violation: Violation) -> bool:
    """Whether the ladder would end here."""
    return violation.severity == "error"


def spoken(violation: Violation, lines: list[str]) -> str:
    """A violation in a line, with the line of the text that it is about."""
    hint = f" ({violation.hint})" if violation.hint else ""
    at = violation.place.line
    source = lines[at - 1].strip()[:100] if 0 < at <= len(lines) else ""
    shown = f": `{source}`" if source else ""
    return f"line {at} {violation.code}: {violation.message}{hint}{shown}"


def forbidden(file: str, text: str) -> Iterator[Violation]:
    """Ways out of the sandbox; the guard stops them as well, one run later."""
    tree = syntax_tree(text)
    statements = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    names = import_names(statements)
    for node in ast.walk(tree):
        for name in reached(node, names):
            place = Place(file=file, line=getattr(node, "lineno", 1))
            said = HELD.get(name) or f"reaches {MODULES[name.split('.')[0]]} of the process"
            yield Violation(code=OURS, message=f"{name}: {said}", place=place, hint="take it out")


def reached(node: ast.AST, names: dict[str, str]) -> Iterator[str]:
    """Forbidden names that one node of the tree stands for."""
    if isinstance(node, ast.Import):
        yield from (a.name for a in node.names if a.name.split(".")[0] in MODULES)
    elif isinstance(node, ast.ImportFrom) and node.module:
        if node.module.split(".")[0] in MODULES:
            yield node.module
        yield from (f"{node.module}.{a.name}" for a in node.names if is_held(node.module, a.name))
    elif isinstance(node, ast.Attribute):
        name = full_name(node, names)
        if name in HELD:
            yield name


def is_held(module: str, name: str) -> bool:
    """Whether a name that is imported from a module is one of those held back."""
    return f"{module}.{name}" in HELD


def absent(file: str, text: str, installed: InstalledLibraries) -> Iterator[Violation]:
    """Imports of what is not installed, or is gone from the installed version."""
    top = set(installed.top_level())
    if not top:
        return
    for node in ast.walk(syntax_tree(text)):
        place = Place(file=file, line=getattr(node, "lineno", 1))
        for name in imported(node):
            package = name.split(".")[0]
            if package not in top:
                said = f"{package} is not installed; use what is"
                yield Violation(code="IIML401", message=said, place=place)
            elif "." in name and not installed.exists(name):
                version = installed.version(package)
                said = f"{name} is not in {package} {version or ''}".rstrip()
                yield Violation(code="IIML401", message=said, place=place)


def imported(node: ast.AST) -> Iterator[str]:
    """The full names that a statement imports from other packages."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module not in (None, "__future__"):
        yield from (f"{node.module}.{alias.name}" for alias in node.names if not node.level)
