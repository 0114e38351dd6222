"""The outputs that `prepare` gives, as far as its text shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from iiml_codegen.integration.rules.checked import Checked

Outputs = dict[str, ast.AST]


def given_outputs(module: Checked, function: ast.FunctionDef) -> Outputs | None:
    """Each output with the place of its key; None where a part of the dict is not literal."""
    found: Outputs = {}
    returns = [n for n in module.inside(function, ast.Return) if module.owner(n) is function]
    for node in returns:
        part = keys_of(module, function, node.value)
        if part is None:
            return None
        found |= part
    return found if returns else None


def keys_of(module: Checked, function: ast.FunctionDef, value: ast.expr | None) -> Outputs | None:
    """Keys of a dict display, of `dict(...)`, or of a name that is bound to one and filled."""
    if isinstance(value, ast.Dict):
        return keys_of_display(module, value)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        if value.func.id == "dict" and not value.args and all(k.arg for k in value.keywords):
            return {str(item.arg): item.value for item in value.keywords}
        return keys_of_call(module, value)
    if isinstance(value, ast.Name):
        return keys_of_name(module, function, value.id)
    return None


def keys_of_display(module: Checked, value: ast.Dict) -> Outputs | None:
    """Literal keys, and what calls spread into the dict."""
    found: Outputs = {}
    for key, item in zip(value.keys, value.values, strict=True):
        text = module.string(key)
        if key is None:
            part = keys_of_call(module, item) if isinstance(item, ast.Call) else None
            if part is None:
                return None
            found |= part
        elif text is None:
            return None
        else:
            found[text] = key
    return found


def keys_of_call(module: Checked, call: ast.Call) -> Outputs | None:
    """Keys of a function that returns one dict whose keys are f-strings of its first parameter."""
    called = module.functions().get(call.func.id) if isinstance(call.func, ast.Name) else None
    given = module.string(call.args[0]) if call.args else None
    if called is None:
        return None
    returns = [n for n in module.inside(called, ast.Return) if module.owner(n) is called]
    if len(returns) != 1 or not isinstance(returns[0].value, ast.Dict):
        return None
    parameters = module.parameters(called)
    names = {parameters[0]: given} if parameters and given is not None else {}
    found: Outputs = {}
    for key in returns[0].value.keys:
        text = filled(key, names)
        if text is None:
            return None
        found[text] = call
    return found


def filled(key: ast.expr | None, names: dict[str, str]) -> str | None:
    """The text of a literal key or of an f-string whose parts are known."""
    if isinstance(key, ast.Constant):
        return key.value if isinstance(key.value, str) else None
    if not isinstance(key, ast.JoinedStr):
        return None
    parts = list(pieces(key, names))
    return None if None in parts else "".join(part or "" for part in parts)


def pieces(key: ast.JoinedStr, names: dict[str, str]) -> Iterator[str | None]:
    """The parts of an f-string; None for one that is not known."""
    for part in key.values:
        if isinstance(part, ast.Constant):
            yield str(part.value)
        elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
            yield names.get(part.value.id)
        else:
            yield None


def keys_of_name(module: Checked, function: ast.FunctionDef, name: str) -> Outputs | None:
    """Keys of a dict that is bound once, and filled by literal keys outside of loops."""
    bound = [
        node
        for node in module.inside(function, ast.Assign)
        if any(isinstance(item, ast.Name) and item.id == name for item in node.targets)
    ]
    if len(bound) != 1 or not isinstance(bound[0].value, ast.Dict | ast.Call):
        return None
    found = keys_of(module, function, bound[0].value)
    for node in module.inside(function, ast.Subscript):
        if isinstance(node.ctx, ast.Store) and is_name(node.value, name):
            text = module.string(node.slice)
            if text is None or found is None:
                return None
            found = found | {text: node}
    calls = module.inside(function, ast.Call)
    touched = any(is_method_of(c, name) or any(is_name(g, name) for g in c.args) for c in calls)
    grown = any(is_name(node.target, name) for node in module.inside(function, ast.AugAssign))
    return None if touched or grown else found


def is_method_of(call: ast.Call, name: str) -> bool:
    """Whether a call is `name.update(...)` or another method of the dict."""
    return isinstance(call.func, ast.Attribute) and is_name(call.func.value, name)


def is_name(node: ast.expr, name: str) -> bool:
    """Whether an expression is just this variable."""
    return isinstance(node, ast.Name) and node.id == name
