"""Reads `workspace_templates` and hands out single functions with everything that they need."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from importlib import resources

from iiml_codegen.errors import GenerationError
from iiml_codegen.syntax import syntax_tree

PACKAGE = "workspace_templates"


@dataclass(frozen=True)
class Definition:
    """One function, class or constant of a recipe file, as text with its leading comments."""

    name: str
    file: str
    line: int
    text: str
    uses: frozenset[str]
    is_constant: bool


@dataclass(frozen=True)
class Excerpt:
    """What a module takes over: import statements, constants, and definitions in reading order."""

    imports: tuple[str, ...]
    constants: tuple[str, ...]
    definitions: tuple[str, ...]


def template_text(folder: str, name: str) -> str:
    """The text of `workspace_templates/<folder>/<name>`; raises GenerationError if it is absent."""
    place = resources.files(PACKAGE).joinpath(folder, name)
    if not place.is_file():
        raise GenerationError(f"there is no template {folder}/{name}")
    return place.read_text("utf-8")


@cache
def recipe_book(folder: str = "recipes") -> tuple[dict[str, Definition], dict[str, str]]:
    """All definitions of a folder by name, and the import statement that brings each name.

    What its files import from another folder is among them, with what it uses there.
    """
    definitions: dict[str, Definition] = {}
    imports: dict[str, str] = {}
    borrowed: dict[str, Definition] = {}
    for place in sorted(resources.files(PACKAGE).joinpath(folder).iterdir(), key=str):
        if place.name.endswith(".py") and place.name != "__init__.py":
            text = place.read_text("utf-8")
            imports.update(imported_names(text))
            for other, names in borrowed_names(text, folder).items():
                lent, brought = recipe_book(other)
                borrowed |= {name: lent[name] for name in with_what_they_use(names, other)}
                imports = {**brought, **imports}
            for definition in read_definitions(place.name, text):
                if definition.name in definitions:
                    raise GenerationError(f"two of the {folder} are called {definition.name}")
                definitions[definition.name] = definition
    doubled = sorted(set(borrowed) & set(definitions))
    if doubled:
        raise GenerationError(f"the {folder} both borrow and define {', '.join(doubled)}")
    return borrowed | definitions, imports


def borrowed_names(text: str, folder: str) -> dict[str, list[str]]:
    """What a file imports from other folders of templates, by folder."""
    found: dict[str, list[str]] = {}
    for node in syntax_tree(text).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
            other = (node.module or "").split(".")[1]
            if other != folder:
                found.setdefault(other, []).extend(alias.name for alias in node.names)
    return found


def imported_names(text: str) -> dict[str, str]:
    """Name in the module → statement that imports just it; imports between recipes are left out."""
    found: dict[str, str] = {}
    for node in syntax_tree(text).body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                found[bound] = f"import {written(alias)}"
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith(PACKAGE):
            for alias in node.names:
                found[alias.asname or alias.name] = f"from {node.module} import {written(alias)}"
    return found


def written(alias: ast.alias) -> str:
    """An imported name as it stands in the statement."""
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def read_definitions(file: str, text: str) -> list[Definition]:
    """Top-level functions, classes and constants, each with the comment lines right above it.

    Raises GenerationError for constants that share a line: nothing could take over one of them.
    """
    lines = text.splitlines()
    found = []
    for node in syntax_tree(text).body:
        name = defined_name(node)
        if name is None and isinstance(node, ast.Assign):
            raise GenerationError(f"{file}, line {node.lineno}: a constant wants a line of its own")
        if name is None:
            continue
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorators)])
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        uses = frozenset(free_names(node) - {name})
        body = "\n".join(lines[first - 1 : node.end_lineno])
        constant = isinstance(node, ast.Assign | ast.AnnAssign)
        found.append(Definition(name, file, first, body, uses, constant))
    return found


def free_names(node: ast.AST) -> set[str]:
    """Names that a node takes from around it, not those that its functions bind themselves."""
    if not isinstance(node, ast.FunctionDef | ast.Lambda):
        found = {node.id} if isinstance(node, ast.Name) else set()
        return found.union(*map(free_names, ast.iter_child_nodes(node)))
    body = node.body if isinstance(node.body, list) else [node.body]
    bound = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    for inner in (each for part in body for each in ast.walk(part)):
        if isinstance(inner, ast.FunctionDef):
            bound.add(inner.name)
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            bound.add(inner.id)
    around = [part for part in ast.iter_child_nodes(node) if part not in body]
    taken = set[str]().union(*map(free_names, body)) - bound
    return taken.union(*map(free_names, around))


def defined_name(node: ast.stmt) -> str | None:
    """The name that a top-level statement defines, if it defines exactly one."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        return target.id if isinstance(target, ast.Name) else None
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id
    return None


def excerpt(names: list[str], folder: str = "recipes") -> Excerpt:
    """Take these recipes, or definitions of another folder, and what they use, transitively.

    Raises GenerationError for one that does not exist.
    """
    taken = definitions_of(names, folder)
    return Excerpt(
        imports=imports_of(taken, folder),
        constants=tuple(d.text for d in taken if d.is_constant),
        definitions=tuple(d.text for d in taken if not d.is_constant),
    )


def definitions_of(names: list[str], folder: str = "recipes") -> list[Definition]:
    """These definitions and what they use, as their files have them; raises GenerationError."""
    definitions, _ = recipe_book(folder)
    wanted = with_what_they_use(names, folder)
    return sorted((definitions[n] for n in wanted), key=lambda d: (d.file, d.line))


def imports_of(taken: list[Definition], folder: str = "recipes") -> tuple[str, ...]:
    """The import statements that definitions of a folder need."""
    _, imports = recipe_book(folder)
    used = {name for definition in taken for name in definition.uses}
    return tuple(sorted({imports[name] for name in used if name in imports}))


def with_what_they_use(names: list[str], folder: str) -> set[str]:
    """Names of definitions of a folder, and of all that these use; raises GenerationError."""
    definitions, _ = recipe_book(folder)
    wanted: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name in wanted:
            continue
        if name not in definitions:
            raise GenerationError(f"the {folder} hold no {name}")
        wanted.add(name)
        queue.extend(used for used in definitions[name].uses if used in definitions)
    return wanted
