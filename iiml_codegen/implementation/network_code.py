"""Takes what a model template imports from `workspace_templates.networks` over into its module."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.recipes import (
    PACKAGE,
    Definition,
    defined_name,
    imported_names,
    recipe_book,
    template_text,
    with_what_they_use,
)
from iiml_codegen.implementation.rendering import replace_imports
from iiml_codegen.implementation.settling import without_idle_options
from iiml_codegen.syntax import syntax_tree

FOLDER, LENDER, LAST = "networks", "recipes", "training.py"


def network_names(text: str) -> list[str]:
    """The names that a template imports from networks."""
    place = f"{PACKAGE}.{FOLDER}."
    return [
        alias.name
        for node in syntax_tree(text).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(place)
        for alias in node.names
    ]


def stands_alone(text: str, names: Sequence[str]) -> str:
    """The module with these names of networks, and what they use, behind what it defines itself.

    Raises GenerationError for a name that no network file has, or that the module defines itself.
    """
    if not names:
        return text
    own = imported_names(text)
    text = replace_imports(text, own.values())
    _, brought = recipe_book(FOLDER)
    taken = without_idle_parts(taken_over(names), text)
    parts = [with_heading(file, list(part)) for file, part in groupby(taken, lambda d: d.file)]
    module = "\n\n\n".join([text.rstrip(), *parts]) + "\n"
    used = {node.id for node in ast.walk(syntax_tree(module)) if isinstance(node, ast.Name)}
    imports = {**brought, **own}
    needed = sorted({said for name, said in imports.items() if name in used})
    module = replace_imports(module, ["from __future__ import annotations", *needed])
    refuse_doubles(module)
    return module


def taken_over(names: Iterable[str]) -> list[Definition]:
    """These definitions and those that they use, file by file, the training loop last.

    `file` names the folder too: what networks borrow lies among the recipes, and follows theirs.
    """
    definitions, lent = recipe_book(FOLDER)[0], recipe_book(LENDER)[0]
    wanted = [definitions[name] for name in with_what_they_use(list(names), FOLDER)]
    folders = {one.name: LENDER if lent.get(one.name) is one else FOLDER for one in wanted}
    wanted.sort(key=lambda d: (d.file == LAST, d.file, folders[d.name] == LENDER, d.line))
    return [replace(one, file=f"{folders[one.name]}/{one.file}") for one in wanted]


def without_idle_parts(taken: list[Definition], text: str) -> list[Definition]:
    """The definitions without options that nothing gives, and what only these needed."""
    settled = without_idle_options([one.text for one in taken], text)
    kept = [replace(one, text=new) for one, new in zip(taken, settled, strict=True)]
    while True:
        others = {
            one.name: "\n".join([text, *(o.text for o in kept if o is not one)]) for one in kept
        }
        named = [one for one in kept if re.search(rf"\b{one.name}\b", others[one.name])]
        if len(named) == len(kept):
            return kept
        kept = named


def with_heading(file: str, part: list[Definition]) -> str:
    """The definitions of a file below what it says of itself; constants come first."""
    constants = "".join(spaced(one.text) for one in part if one.is_constant)
    others = [one.text for one in part if not one.is_constant]
    heading = f"# {what_it_says(file)}"
    if not constants:
        return "\n\n\n".join([heading, *others])
    return "\n\n\n".join([heading + constants, *others])


def what_it_says(file: str) -> str:
    """The first line of the docstring of a file, named with its folder."""
    page = ast.get_docstring(syntax_tree(template_text(*file.split("/")))) or ""
    return page.partition("\n")[0]


def spaced(constant: str) -> str:
    """A constant on its own line; one with a comment above it keeps a distance."""
    return f"\n\n{constant}" if constant.startswith("#") else f"\n{constant}"


def refuse_doubles(text: str) -> None:
    """Raise GenerationError where a module defines a name twice."""
    names = [name for name in map(defined_name, syntax_tree(text).body) if name]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise GenerationError(f"the template and its networks both define {', '.join(twice)}")
