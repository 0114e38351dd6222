"""Modeling coder, answered by the expert: `model_<track>.py` from a template and the plan."""

from __future__ import annotations

import ast
import re
from textwrap import wrap
from typing import Any

from iiml_codegen.domain.blueprint import Blueprint, Member, Step
from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.network_code import network_names, stands_alone
from iiml_codegen.implementation.recipes import imported_names, template_text
from iiml_codegen.implementation.rendering import (
    WIDTH,
    assignment,
    import_block,
    replace_imports,
)
from iiml_codegen.implementation.settling import settle_constants
from iiml_codegen.syntax import literal_value, syntax_tree

MARKER = re.compile(r"^(\s*)# \[([MT]):\w+\].*$", re.M)


class ExpertModelingCoder:
    """Fills a template in, numbers its markers, adds the decision, takes its networks over."""

    def write(self, blueprint: Blueprint, member: Member) -> str:
        """The text of a model module; raises GenerationError for an unknown constant."""
        text = exchanged(template_text("models", f"{member.template}.py"), member.parts)
        networks = network_names(text)
        text = settle_constants(drop_view_line(fill_constants(text, member.constants)))
        text = number_markers(text, blueprint.steps_of(member.name))
        decision = next((s for s in blueprint.part("eval") if s.key.startswith("decide_")), None)
        return stands_alone(add_decision(text, decision) if decision else text, networks)


def exchanged(text: str, parts: dict[str, str]) -> str:
    """The template with other network recipes in the place of those that it names."""
    for name, other in parts.items():
        text = re.sub(rf"\b{name}\b", other, text)
    return text


def fill_constants(text: str, constants: dict[str, Any]) -> str:
    """Replace the values of module-level assignments by those of the plan, from the end up."""
    lines = text.splitlines()
    places: dict[str, ast.Assign | ast.AnnAssign] = {}
    for node in syntax_tree(text).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            places[node.targets[0].id] = node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            places[node.target.id] = node
    unknown = sorted(set(constants) - set(places))
    if unknown:
        raise GenerationError(f"the template has no constant {', '.join(unknown)}")
    for name in sorted(constants, key=lambda n: places[n].lineno, reverse=True):
        node = places[name]
        typed = (
            f"{name}: {ast.unparse(node.annotation)}" if isinstance(node, ast.AnnAssign) else name
        )
        value = merged(node.value, constants[name])
        lines[node.lineno - 1 : node.end_lineno] = assignment(typed, value).splitlines()
    return "\n".join(lines) + "\n"


def merged(written: ast.expr | None, wanted: Any) -> Any:
    """A dict of settings is changed key by key; any other constant is replaced."""
    if isinstance(wanted, dict) and isinstance(written, ast.Dict):
        return {**literal_value(written), **wanted}
    return wanted


def drop_view_line(text: str) -> str:
    """The line `View: …` of a template's docstring speaks to the planner, not to the reader."""
    text = re.sub(r"\n\nView: [^\n]*", "", text, count=1)
    return re.sub(r'\A("""[^\n]*\.)\n"""\n', r'\1"""\n', text)


def number_markers(text: str, steps: tuple[Step, ...]) -> str:
    """`# [M:key] …` becomes `# [M2] title of the step`; each sort of marker has one step."""
    by_letter = {step.id[0]: step for step in steps}

    def numbered(match: re.Match[str]) -> str:
        step = by_letter.get(match[2])
        if step is None:
            raise GenerationError(f"the blueprint has no step for the marker {match[0].strip()}")
        room = WIDTH - len(match[1]) - 2
        return "\n".join(f"{match[1]}# {line}" for line in wrap(f"[{step.id}] {step.title}", room))

    return MARKER.sub(numbered, text)


def add_decision(text: str, decision: Step) -> str:
    """Append `decide` from its template, with its imports merged into the module's."""
    addition = template_text("models", f"{decision.key}.py")
    body = addition[addition.index("def decide(") :].rstrip()
    needed = {
        statement
        for name, statement in imported_names(addition).items()
        if re.search(rf"\b{re.escape(name)}\b", body)
    }
    merged = replace_imports(text, [*imported_names(text).values(), *sorted(needed)])
    return f"{merged.rstrip()}\n\n\n# [{decision.id}] {decision.title}\n{body}\n"


def decision_text(model: str) -> str | None:
    """The model's `decide` as a module of its own, with the imports it needs; None without one."""
    lines = model.splitlines()
    node = next((n for n in syntax_tree(model).body if getattr(n, "name", None) == "decide"), None)
    if node is None:
        return None
    first = node.lineno - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    body = "\n".join(lines[first : node.end_lineno])
    needed = [
        statement
        for name, statement in imported_names(model).items()
        if re.search(rf"\b{re.escape(name)}\b", body)
    ]
    return f"{import_block(needed)}\n\n\n{body}\n"


def template_view(template: str) -> str:
    """The view that a model template reads, from its docstring; raises GenerationError."""
    match = re.search(r"^View: (\w+)", template_text("models", f"{template}.py"), re.M)
    if match is None:
        raise GenerationError(f"template {template} does not say which view it reads")
    return match[1]


def template_constants(template: str) -> frozenset[str]:
    """Names of the constants at the top of a model template."""
    names = set()
    for node in syntax_tree(template_text("models", f"{template}.py")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names.add(node.targets[0].id)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return frozenset(name for name in names if name.isupper())
