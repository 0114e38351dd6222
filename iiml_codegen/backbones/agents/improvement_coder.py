"""Improvement coder, answered by a backbone: an idea as the smallest edit of one module."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from iiml_codegen.backbones.asking import Asker
from iiml_codegen.domain.wire import Frozen
from iiml_codegen.integration.rules.markers import markers
from iiml_codegen.syntax import syntax_tree

AGENT = "improvement_coder"
ROUNDS = 3
ENTRY = {"prep.py": "prepare"}
MORE = "…"


class Edit(Frozen):
    """Lines that stand in the module once, and what takes their place."""

    old: str
    new: str


class EditedModule(Frozen):
    """The smallest edit that carries out the change."""

    edits: tuple[Edit, ...]
    helpers: Annotated[
        str, Meta(description="new top-level functions and imports that the edits use, or empty")
    ] = ""


class EditError(ValueError):
    """An edit that does not fit its module, in words that its model can act on."""


@dataclass(frozen=True)
class Coding:
    """What is to be changed: a step of a module, which other step ids stay as they are.

    `about` is what a prompt says of task, data and libraries.
    """

    file: str
    text: str
    step: str
    title: str
    change: str
    about: dict[str, str]


class BackboneImprovementCoder:
    """Writes the edit for an idea."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker

    def write(
        self,
        coding: Coding,
        wrong: Callable[[str], str],
        mended: Callable[[str], str] = lambda text: text,
    ) -> str:
        """The module's new text, against which `wrong` says nothing; raises NoAnswerError."""

        def check(answer: EditedModule) -> str:
            try:
                text = mended(edited(coding, answer))
            except EditError as error:
                return str(error)
            return wrong(text)

        shown = module_shown(coding.file, coding.text, share_values=self.asker.share_values)
        parts = {
            "file": coding.file,
            "module": shown,
            "step": coding.step,
            "title": coding.title,
            "change": coding.change,
            "new": coding.step not in {step for step, _, _ in markers(coding.text)},
            **coding.about,
        }
        answer = self.asker.ask(AGENT, parts, EditedModule, check=check, rounds=ROUNDS)
        return mended(edited(coding, answer))


def edited(coding: Coding, answer: EditedModule) -> str:
    """The module after the edits; raises EditError."""
    text = coding.text
    for edit in answer.edits:
        text = replaced(text, edit)
    if answer.helpers.strip():
        text = with_helpers(coding.file, text, answer.helpers)
    if text == coding.text:
        raise EditError("the edits change nothing")
    before = {step for step, _, _ in markers(coding.text)}
    after = {step for step, _, _ in markers(text)}
    if coding.step not in after:
        raise EditError(f"the marker `# [{coding.step}] {coding.title}` is missing")
    if lost := sorted(before - after):
        raise EditError(f"the marker of step {lost[0]} is gone; keep all other steps as they are")
    if more := sorted(after - before - {coding.step}):
        raise EditError(f"there is a new step {more[0]}; only {coding.step} may change")
    return text


def replaced(text: str, edit: Edit) -> str:
    """The text with one edit made; the old lines must stand there once."""
    if not edit.old.strip():
        raise EditError("`old` is empty: copy the lines that are to be replaced")
    if text.count(edit.old) == 1:
        return text.replace(edit.old, edit.new)
    lines, old = text.split("\n"), edit.old.strip("\n").split("\n")
    bare = [line.strip() for line in old]
    places = [
        at
        for at in range(len(lines) - len(old) + 1)
        if [line.strip() for line in lines[at : at + len(old)]] == bare
    ]
    if len(places) != 1:
        often = len(places) > 1 or text.count(edit.old) > 1
        found = "stands there more than once" if often else "does not stand in the module"
        raise EditError(f"this text {found}, copy it exactly with its neighbours: {old[0][:120]}")
    at = places[0]
    shift = indent(lines[at]) - indent(old[0])
    new = [shifted(line, shift) for line in edit.new.strip("\n").split("\n")]
    return "\n".join([*lines[:at], *new, *lines[at + len(old) :]])


def indent(line: str) -> int:
    """How far a line is indented."""
    return len(line) - len(line.lstrip())


def shifted(line: str, by: int) -> str:
    """A line moved to the right, or to the left as far as it can go."""
    if not line.strip():
        return ""
    return " " * by + line if by >= 0 else line[min(-by, indent(line)) :]


def with_helpers(file: str, text: str, helpers: str) -> str:
    """New definitions above the module's first function."""
    try:
        tree = syntax_tree(text)
    except (SyntaxError, ValueError):
        raise EditError("after the edits the module is no Python any more") from None
    defined = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    entry = next((n for n in defined if n.name == ENTRY.get(file, "fit")), None)
    if entry is None:
        raise EditError(f"`{ENTRY.get(file, 'fit')}` is gone")
    at = min([entry.lineno, *(one.lineno for one in entry.decorator_list)]) - 1
    lines = text.split("\n")
    return "\n".join([*lines[:at], *helpers.strip("\n").split("\n"), "", "", *lines[at:]])


def module_shown(file: str, text: str, *, share_values: bool) -> str:
    """A model whole; of prep what holds steps, and the heads of its helpers.

    Without shared values constants are left out, as they may be cells: of prep and of models.
    """
    try:
        tree = syntax_tree(text)
    except (SyntaxError, ValueError):
        return text
    marked = [line for _, line, _ in markers(text)]
    lines, shown = text.split("\n"), []
    for node in tree.body:
        part = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        if isinstance(node, ast.Expr):
            continue
        if isinstance(node, ast.Assign | ast.AnnAssign) and not share_values and holds_text(node):
            part = f"{lines[node.lineno - 1].split('=')[0].rstrip()} = {MORE}"
        elif isinstance(node, ast.FunctionDef) and file == "prep.py":
            holds_steps = any(node.lineno <= line <= (node.end_lineno or 0) for line in marked)
            part = part if holds_steps else head(node)
        shown.append(part)
    return "\n".join(shown)


def holds_text(node: ast.AST) -> bool:
    """Whether a constant holds strings."""
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(node))


def head(node: ast.FunctionDef) -> str:
    """A helper by its signature and the first line of what it says."""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    said = (ast.get_docstring(node) or "").split("\n")[0]
    return f"def {node.name}({ast.unparse(node.args)}){returns}: {MORE}  # {said}"
