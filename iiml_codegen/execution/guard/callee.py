"""What the function takes that a failing expression calls, where its arguments did not fit it."""

from __future__ import annotations

import ast
import inspect
import re
import types
from typing import Any

from .glance import Glance, cut

MISFIT = re.compile(r"\(\) (?:got|takes|missing)|argument")
MOST_LETTERS = 600


def signature_of(error: BaseException, source: str, frame: types.FrameType) -> Glance | None:
    """The signature of what `source`, the text of the failing expression, calls; else None.

    Names are looked up, nothing is called or computed: properties stay what they are.
    """
    if not isinstance(error, TypeError) or not MISFIT.search(str(error)):
        return None
    try:
        node = ast.parse(source.strip(), mode="eval").body
        if not isinstance(node, ast.Call):
            return None
        function = looked_up(node.func, frame)
        told = str(inspect.signature(function))
    except Exception:  # noqa: BLE001  (what cannot be looked up is left out)
        return None
    name = cut(ast.unparse(node.func))
    return {"name": f"{name} takes", "type": "signature", "shown": cut(told, MOST_LETTERS)}


def looked_up(node: ast.expr, frame: types.FrameType) -> Any:
    """What a dotted name stands for in a frame; raises for anything else."""
    if isinstance(node, ast.Attribute):
        found = inspect.getattr_static(looked_up(node.value, frame), node.attr)
        return getattr(found, "__func__", found)
    if not isinstance(node, ast.Name):
        raise TypeError("no name")
    scopes = (frame.f_locals, frame.f_globals)
    return next(scope[node.id] for scope in scopes if node.id in scope)
