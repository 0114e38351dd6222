"""Where prep gives its views and its target: the expressions behind the outputs of `prepare`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from iiml_codegen.domain.fault import Fault
from iiml_codegen.integration.repairs.flow import Source, name_of, text_of
from iiml_codegen.integration.repairs.lines import put_after
from iiml_codegen.integration.repairs.repair import Facts

CUTTING = ("iloc", "loc", "reset_index", "copy")
LONG = 20
"""Characters from which on an expression is not written twice."""


@dataclass(frozen=True)
class Given:
    """One output, or both halves of a view (`half` is empty), and the expression that it is."""

    view: str
    half: str
    value: ast.expr
    function: ast.FunctionDef


def outputs_given(source: Source) -> list[Given]:
    """All outputs that `prepare` gives, as far as its text shows them by name."""
    function = source.functions.get("prepare")
    return list(found_in(function)) if function else []


def found_in(function: ast.FunctionDef) -> Iterator[Given]:
    """Entries of dicts, subscripts that are set, and calls that cut a view into its halves."""
    for node in ast.walk(function):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if name := pattern_of(key):
                    yield given(name, value, function)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            if name := pattern_of(node.targets[0].slice):
                yield given(name, node.value, function)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            view, rows = [*node.args[:2], None, None][:2]
            if text_of(view) and isinstance(rows, ast.Name):
                yield Given(text_of(view), "", rows, function)


def pattern_of(key: ast.expr | None) -> str:
    """The name that a key is; a hole of an f-string stands for either half."""
    if isinstance(key, ast.JoinedStr):
        return "".join(text_of(part) or "{}" for part in key.values)
    return text_of(key)


def given(name: str, value: ast.expr, function: ast.FunctionDef) -> Given:
    """An output by its name."""
    view, _, half = name.rpartition("_")
    if view and half in ("train", "test", "{}"):
        return Given(view, half.replace("{}", ""), value, function)
    return Given(name, "", value, function)


def wanted_view(fault: Fault, facts: Facts) -> str:
    """The view that a fault is about: named by its message, else the one that the model takes."""
    for name in re.findall(r"`(\w+)`", fault.message):
        return re.sub(r"_(?:train|test)$", "", name)
    return facts.view or ""


def of_view(source: Source, view: str) -> list[Given]:
    """The outputs of one view, or all outputs but the target where no view is named."""
    found = outputs_given(source)
    mine = [item for item in found if item.view == view]
    return mine or [item for item in found if item.view != "target" and not view]


def changed_view(source: Source, view: str, template: str) -> str:
    """The text in which a view is `template`, whose `{x}` is what it was.

    Where both halves come from one variable, it is changed once, after it was set last; else the
    expression of each half is. `{train}` is what the training half is, for what is learned there.
    """
    found = of_view(source, view)
    names = {name_of(root_of(item.value)) for item in found}
    statement = last_assignment(source, found[0].function, names) if found else None
    if statement is not None:
        (name,) = names
        return put_after(source, statement, f"{name} = " + template.format(x=name, train=name))
    train = next((source.source(item.value) for item in found if item.half == "train"), "")
    edits = [(item.value, made(source, item.value, template, train)) for item in found]
    return source.replaced(*edits) if edits else source.text


def made(source: Source, value: ast.expr, template: str, train: str) -> str:
    """A template of an expression; a long one is named for it, and not written twice."""
    own = source.source(value)
    if template.count("{x}") + template.count("{train}") > 1 and len(own) > LONG and not train:
        return f"{own}.pipe(lambda view: {template.format(x='view', train='view')})"
    return template.format(x=own, train=train or own)


def root_of(value: ast.expr) -> ast.expr:
    """What an output is cut from: `rows` of `rows.iloc[: len(train)].reset_index()`."""
    while isinstance(value, ast.Subscript | ast.Attribute | ast.Call):
        inner = value.func if isinstance(value, ast.Call) else value
        if (isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.Slice)) or (
            isinstance(inner, ast.Attribute) and inner.attr in CUTTING
        ):
            value = inner.value
        else:
            return value
    return value


def last_assignment(
    source: Source, function: ast.FunctionDef, names: set[str]
) -> ast.Assign | None:
    """Where the one variable of these names was set last; None for several or none."""
    if len(names) != 1:
        return None
    found = source.assigned(next(iter(names)), function)
    whole = [node for node in found if node in function.body]
    return whole[-1] if whole else None
