"""Fragments of the view `enriched`: they follow the features, from which it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iiml_codegen.implementation.fragment import Fragment

CROSSED = "crossed_target_means"


def residuals(values: dict[str, Any]) -> Fragment:
    """What quick trees leave of the target, on the scale that is learned."""
    goal = "target[:, None]"
    if values.get("classes"):
        goal = f"np.eye({values['classes']})[target]"
    elif values.get("targets", 1) > 1:
        goal = "target"
    goal = f"np.log1p({goal})" if values.get("logarithm") else goal
    lines = (
        f"goal = {goal}",
        "residuals = out_of_fold_residuals(features, goal)",
        "enriched = features",
    )
    return Fragment("prepare", lines, ("out_of_fold_residuals",), views={"enriched": "enriched"})


def chosen(recipe: str) -> Callable[[dict[str, Any]], Fragment]:
    """How columns of one kind are tried, and those that are kept put beside the others."""

    def write(values: dict[str, Any]) -> Fragment:
        line = f"enriched = enriched.join({recipe}(features, goal, residuals, fitted))"
        return Fragment("prepare", (line,), (recipe,), late=True)

    return write


ENRICHED_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {
    "out_of_fold_residuals": residuals,
    **{recipe: chosen(recipe) for recipe in ("number_pairs", "beside_groups", CROSSED)},
}
