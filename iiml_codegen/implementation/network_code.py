"""Takes what a model template imports from `workspace_templates.networks` over into its module."""

from __future__ import annotations

import ast

from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.recipes import (
    PACKAGE,
    defined_name,
    excerpt,
    imported_names,
    read_definitions,
)
from iiml_codegen.implementation.rendering import replace_imports

FOLDER = "networks"


def stands_alone(text: str) -> str:
    """The template with the networks that it imports, and what those use, instead of the import.

    They stand behind its constants. Raises GenerationError for a name that no network file has,
    or that the template defines itself.
    """
    names = network_names(text)
    if not names:
        return text
    taken = excerpt(names, FOLDER)
    constants = "".join(spaced(constant) for constant in taken.constants)
    text = replace_imports(text, [*imported_names(text).values(), *taken.imports])
    first = first_definition(text) - 1
    lines = text.splitlines()
    head, own = "\n".join(lines[:first]).rstrip(), "\n".join(lines[first:])
    module = "\n\n\n".join([head + constants, *taken.definitions, own]) + "\n"
    refuse_doubles(module)
    return module


def network_names(text: str) -> list[str]:
    """The names that a template imports from networks."""
    place = f"{PACKAGE}.{FOLDER}."
    return [
        alias.name
        for node in ast.parse(text).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(place)
        for alias in node.names
    ]


def spaced(constant: str) -> str:
    """A constant on its own line; one with a comment above it keeps a distance."""
    return f"\n\n{constant}" if constant.startswith("#") else f"\n{constant}"


def first_definition(text: str) -> int:
    """The line where a module's first function or class begins, with the comments above it."""
    return min(item.line for item in read_definitions("", text) if not item.is_constant)


def refuse_doubles(text: str) -> None:
    """Raise GenerationError where a module defines a name twice."""
    names = [name for name in map(defined_name, ast.parse(text).body) if name]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise GenerationError(f"the template and its networks both define {', '.join(twice)}")
