"""Fragments of the view `enriched`: they follow the features, from which it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.implementation.fragment import Fragment


def unexplained(values: dict[str, Any]) -> Fragment:
    """What quick trees leave of each lesson."""
    settings = f", classes={values['classes']}" if values.get("classes") else ""
    settings += ", logarithm=True" if values.get("logarithm") else ""
    lines = (
        f"trial = unexplained(features, target_lessons(target{settings}))",
        "enriched = features",
    )
    recipes = ("target_lessons", "unexplained")
    return Fragment("prepare", lines, recipes, views={"enriched": "enriched"})


def chosen(recipe: str) -> Callable[[dict[str, Any]], Fragment]:
    """How columns of one kind are tried, and those that are kept put beside the others."""

    def write(values: dict[str, Any]) -> Fragment:
        line = f"enriched = enriched.join({recipe}(features, trial, fitted))"
        return Fragment("prepare", (line,), (recipe,), late=True)

    return write


ENRICHED_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {
    "unexplained": unexplained,
    **{recipe: chosen(recipe) for recipe in ("number_pairs", "beside_levels", "crossed_means")},
}
