"""The step for what stands around each step of a sequence in cells."""

from __future__ import annotations

from collections.abc import Iterator

from iiml_codegen.planning.plan_words import named
from iiml_codegen.planning.prep_request import Planned, PrepRequest


def letter_count_steps(request: PrepRequest) -> Iterator[Planned]:
    """How often each character stands near a step, whatever its place."""
    steps = request.task.layout.steps
    if steps is None or not steps.texts:
        return
    title = f"Count the characters of {named(list(steps.texts), 'texts')} around each step"
    why = f"of the {2 * steps.near + 1} characters around a step trees see one at a time; how many "
    why += "are alike takes them many cuts"
    yield Planned("letters_nearby", title, why, {"texts": list(steps.texts), "near": steps.near})
