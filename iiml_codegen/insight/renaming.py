"""Renames an output of prep everywhere: where prep gives it, in models, contract and blueprint.

A view stands for both of its halves: renaming `features` renames `features_train`, too. Strings
that only happen to be equal, such as a column's name, stay as they are.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path

from iiml_codegen.insight.chunks import split
from iiml_codegen.insight.feeding import FITTING
from iiml_codegen.insight.folder import FolderFacts
from iiml_codegen.insight.reading import Reading, Word
from iiml_codegen.insight.site import Site
from iiml_codegen.syntax import syntax_tree

PREP = "prep.py"
HALVES = ("_train", "_test")
NAMED = ("output", "same_columns_as", "same_categories_as", "aligned_with", "target_output")
JSON_LINE = re.compile(r'(\s*"(\w+)": ")((?:\\.|[^"\\])*)(")')
QUOTED = re.compile(r"`(\w+)`")
NAME = re.compile(r"[A-Za-z_]\w*")


class RenameError(Exception):
    """Why something cannot be renamed, for the user to read."""


@dataclass(frozen=True)
class Edit:
    """A piece of one line that becomes another text; lines from 1, characters from 0."""

    line: int
    start: int
    end: int
    text: str


def renamed_thing(site: Site, line: int, column: int) -> tuple[Word, str]:
    """The word under the cursor and the output or view that it names.

    Raises `RenameError` for anything else.
    """
    if site.path.parent != site.facts.home or site.kind == "pipeline":
        raise RenameError("Outputs are renamed in prep.py and the models beside it.")
    if site.facts.contract is None:
        raise RenameError("There is no contract here yet: solve the competition first.")
    word = site.reading.word_at(line, column)
    known = site.facts.views()
    if word is None or word.kind == "marker" or word.text not in known:
        raise RenameError("iiML renames outputs of prep; put the cursor on the name of one.")
    places = module_places(site.reading, site.path.name, known, columns_of(site.facts))
    if not any(edit.line == line and edit.start == word.start for edit, _ in places):
        raise RenameError(f"`{word.text}` is no output of prep here, it is only called the same.")
    return word, word.text


def new_names(facts: FolderFacts, old: str, new: str) -> dict[str, str]:
    """Each name that changes, with its new one. Raises `RenameError` where that cannot be."""
    views = {view.name for view in facts.contract.views} if facts.contract else set()
    for half in HALVES:
        if old.endswith(half) and old.removesuffix(half) in views:
            if not new.endswith(half):
                raise RenameError(f"`{old}` is half of a view: its name must end in {half}.")
            old, new = old.removesuffix(half), new.removesuffix(half)
            break
    if not NAME.fullmatch(new) or iskeyword(new):
        raise RenameError(f"`{new}` is no name: use letters, digits and underscores.")
    names = {old: new}
    if old in views:
        names.update({old + half: new + half for half in HALVES})
    taken = set(facts.views()) - set(names)
    clash = next((name for name in names.values() if name in taken), None)
    if clash is not None:
        raise RenameError(f"`{clash}` is another output of prep already.")
    return names


def module_edits(
    reading: Reading, label: str, names: Mapping[str, str], columns: Collection[str]
) -> list[Edit]:
    """The edits of prep or a model; strings that name `columns` of tables stay in models.

    Raises `RenameError` for a text that does not parse, or that uses a new name already.
    """
    functions = ("prepare",) if label == PREP else tuple(reading.definitions)
    for function in functions:
        chunk = reading.definitions.get(function)
        if chunk is not None and not chunk.facts.parses:
            raise RenameError(f"{label} does not parse: mend {function} first.")
    places = module_places(reading, label, names, columns)
    changed = [(edit, old) for edit, old in places if old in names]
    used = {old for _, old in places} if label == PREP else fitting_names(reading)
    for old in {old for _, old in changed}:
        if names[old] in used and names[old] not in names:
            raise RenameError(f"{label} uses `{names[old]}` for something else already.")
    return [Edit(edit.line, edit.start, edit.end, names[old]) for edit, old in changed]


def fitting_names(model: Reading) -> set[str]:
    """The names that stand in fit and predict."""
    chunks = [model.definitions[name].facts for name in FITTING if name in model.definitions]
    return {name for one in chunks for name in (*one.parameters, *(use for use, _ in one.uses))}


def columns_of(facts: FolderFacts) -> set[str]:
    """The columns of the tables, and of outputs as they were observed."""
    columns = {one.name for one in facts.profile.columns} if facts.profile else set()
    seen = [one for look in facts.observed[:1] for one in look.observations]
    return columns | {name for one in seen for name in one.column_names}


def module_places(
    reading: Reading, label: str, names: Collection[str], columns: Collection[str]
) -> list[tuple[Edit, str]]:
    """Where a module names outputs."""
    return prep_places(reading) if label == PREP else model_places(reading, names, columns)


def prep_places(prep: Reading) -> list[tuple[Edit, str]]:
    """Where prepare names its outputs."""
    chunk = prep.definitions.get("prepare")
    if chunk is None or not chunk.facts.parses:
        return []
    function = next(n for n in syntax_tree(chunk.text).body if isinstance(n, ast.FunctionDef))
    places = (string_place(prep, chunk.first, node) for node in named_outputs(function))
    return [place for place in places if place is not None]


def named_outputs(function: ast.FunctionDef) -> Iterator[ast.Constant]:
    """The strings that name outputs: keys of what is returned, and first arguments in it."""
    returned = [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]
    names = {node.id for node in returned if isinstance(node, ast.Name)}
    values = list(returned)
    for node in ast.walk(function):
        for target, value in assignments(node):
            if isinstance(target, ast.Name) and target.id in names:
                values.append(value)
            if isinstance(target, ast.Subscript) and getattr(target.value, "id", "") in names:
                yield from strings(target.slice)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
            owner = getattr(node.func, "value", None)
            values += node.args if isinstance(owner, ast.Name) and owner.id in names else []
    for value in values:
        yield from keys(value)


def assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets of an assignment with the value that they get."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        yield node.target, node.value


def keys(value: ast.expr) -> Iterator[ast.Constant]:
    """Keys of a dict, and first arguments of the calls that are spread into it."""
    if isinstance(value, ast.Dict):
        for key, inner in zip(value.keys, value.values, strict=True):
            yield from strings(key) if key is not None else keys(inner)
    elif isinstance(value, ast.Call):
        yield from strings(value.args[0]) if value.args else ()
    elif isinstance(value, ast.BinOp):
        yield from keys(value.left)
        yield from keys(value.right)


def strings(node: ast.expr) -> Iterator[ast.Constant]:
    """The node, if it is a string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node


def string_place(reading: Reading, first: int, node: ast.Constant) -> tuple[Edit, str] | None:
    """Where a string stands between its quotes."""
    line = first + node.lineno - 1
    said = reading.lines[line - 1]
    column = len(said.encode()[: node.col_offset].decode("utf-8", "ignore"))
    for inside in range(column, min(column + 3, len(said)) + 1):
        word = reading.string_at(said, inside)
        if word is not None and word.text == node.value:
            return Edit(line, word.start, word.end, word.text), word.text
    return None


def model_places(
    model: Reading, names: Collection[str], columns: Collection[str]
) -> list[tuple[Edit, str]]:
    """Where a model names outputs: strings, and parameters of fit and predict with their uses."""
    said = set(names) - set(columns)
    places: list[tuple[Edit, str]] = []
    for chunk in model.chunks:
        if not chunk.facts.parses:
            continue
        fitting = chunk.facts.name in FITTING
        own = set(chunk.facts.parameters) & set(names) if fitting else set()
        for node in ast.walk(syntax_tree(chunk.text)):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value in said
            ):
                place = string_place(model, chunk.first, node)
                places += [place] if place else []
            name = node.arg if isinstance(node, ast.arg) else getattr(node, "id", None)
            if isinstance(node, (ast.arg, ast.Name)) and name in own:
                places.append(name_place(model, chunk.first, node, str(name)))
    return places


def name_place(
    reading: Reading, first: int, node: ast.arg | ast.Name, name: str
) -> tuple[Edit, str]:
    """Where a name stands."""
    line = first + node.lineno - 1
    said = reading.lines[line - 1]
    start = len(said.encode()[: node.col_offset].decode("utf-8", "ignore"))
    return Edit(line, start, start + len(name), name), name


def plan_edits(text: str, names: Mapping[str, str], view_key: str) -> list[Edit]:
    """The edits of a contract or blueprint as iiML writes them, one value a line.

    The first of the names is a view's where there is a key that views are named by.
    """
    view = next(iter(names))
    edits = []
    for number, line in enumerate(split(text), start=1):
        found = JSON_LINE.match(line)
        if found is None:
            continue
        key, value = found.group(2), found.group(3)
        if (key in NAMED and value in names) or (key == view_key and value == view):
            edits.append(Edit(number, found.start(3), found.end(3), names[value]))
        if key == "says":
            edits += [
                Edit(number, found.start(3) + told.start(1), found.start(3) + told.end(1), new)
                for told in QUOTED.finditer(value)
                if (new := names.get(told.group(1))) is not None
            ]
    return edits


def renamed_files(facts: FolderFacts, names: Mapping[str, str]) -> dict[Path, str]:
    """The plan's files that name outputs, with the key by which each names views."""
    views = {view.name for view in facts.contract.views} if facts.contract else set()
    if next(iter(names)) not in views:
        return {facts.home / "contract.json": ""}
    return {facts.home / "contract.json": "name", facts.home / "blueprint.json": "view"}
