"""Calls that change what they are called on or given: their line has a use without a result."""

from __future__ import annotations

import ast

from iiml_codegen.integration.repairs.flow import Source, keyword_of, method, name_of
from iiml_codegen.integration.repairs.source import bound_modules

OF_MODULES = (
    *("shuffle", "seed", "manual_seed", "put", "place", "copyto", "putmask", "fill_diagonal"),
    *("heapify", "heappush", "heappop", "insort", "set_option"),
)
"""Functions of modules that change what they are given, or the module itself."""
OF_OBJECTS = (
    *("fit", "fit_transform", "fit_predict", "partial_fit", "train", "step", "backward"),
    *("load_state_dict", "set_params", "append", "extend", "insert", "add", "update", "setdefault"),
    *("pop", "popitem", "popleft", "appendleft", "remove", "discard", "clear", "sort", "reverse"),
    *("fill", "put", "itemset", "resize", "partition", "shuffle", "seed", "eliminate_zeros"),
    *("sum_duplicates", "sort_indices", "difference_update", "intersection_update"),
)
"""Methods that change the object that they are called on, or what they are given."""


def changes_in_place(source: Source, node: ast.AST) -> bool:
    """Whether a call within a node changes an object that stays, such as `model.fit(X, y)`."""
    imported = bound_modules(source.tree)
    return any(changes(call, imported) for call in ast.walk(node) if isinstance(call, ast.Call))


def changes(call: ast.Call, imported: dict[str, str]) -> bool:
    """Whether one call does; what comes new from an import, as in `Ridge().fit(X, y)`, is gone."""
    asked = keyword_of(call, "inplace")
    if asked is not None and ast.unparse(asked.value) != "False":
        return True
    fresh = isinstance(call.func, ast.Attribute) and root(call.func) in imported
    return method(call) in (OF_MODULES if fresh else (*OF_OBJECTS, *OF_MODULES))


def root(node: ast.AST) -> str:
    """The name that a chain of attributes, calls and subscripts begins with; empty without one."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ""
    return name_of(node)
