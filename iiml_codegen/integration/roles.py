"""Roles of parameters: what a model may ask the harness for, under which names."""

from __future__ import annotations

import ast
from typing import Literal, get_args

from iiml_codegen.domain.wire import Frozen
from iiml_codegen.syntax import syntax_tree

Role = Literal["valid", "rounds", "seed", "threads", "time_limit", "checkpoint"]
ROLES: tuple[Role, ...] = get_args(Role)

SYNONYMS: dict[Role, tuple[str, ...]] = {
    "valid": ("valid", "validation", "eval_set", "valid_set"),
    "rounds": ("rounds", "n_estimators", "iterations", "num_boost_round", "num_rounds"),
    "seed": ("seed", "random_state", "random_seed"),
    "threads": ("threads", "n_jobs", "num_threads", "nthread", "thread_count"),
    "time_limit": ("time_limit", "max_seconds", "timeout"),
    "checkpoint": ("checkpoint",),
}

ALIGNED = {
    "groups": ("groups", "group", "group_ids"),
    "sample_weight": ("sample_weight", "weights", "weight", "sample_weights"),
}
"""Row-aligned outputs that a model may ask for besides rows and target, with their names."""


class Parameter(Frozen):
    """One parameter as declared; `annotation` is its text, `required` if it has no default.

    `default` is the text of its default, `keyword_only` stands for those behind a `*`.
    """

    name: str
    annotation: str
    required: bool
    default: str = ""
    keyword_only: bool = False
    line: int = 1
    column: int = 1


def role_of(parameter: str) -> Role | None:
    """The role that a parameter's name stands for, or None."""
    return next((role for role in ROLES if parameter in SYNONYMS[role]), None)


def signature(text: str, function: str) -> tuple[Parameter, ...] | None:
    """Parameters of a top-level function, or None where the module has no such function."""
    for node in syntax_tree(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return tuple(declared(node.args))
    return None


def declared(arguments: ast.arguments) -> list[Parameter]:
    """Parameters in order, positional ones first; `*args` and `**kwargs` are left out."""
    places = [*arguments.posonlyargs, *arguments.args]
    gaps: list[ast.expr | None] = [None] * (len(places) - len(arguments.defaults))
    found = [
        parameter(item, default)
        for item, default in zip(places, [*gaps, *arguments.defaults], strict=True)
    ]
    return found + [
        parameter(item, default, keyword_only=True)
        for item, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]


def parameter(item: ast.arg, default: ast.expr | None, keyword_only: bool = False) -> Parameter:
    """One declared parameter."""
    return Parameter(
        name=item.arg,
        annotation=ast.unparse(item.annotation) if item.annotation else "",
        required=default is None,
        default="" if default is None else ast.unparse(default),
        keyword_only=keyword_only,
        line=item.lineno,
        column=item.col_offset + 1,
    )
