"""Which steps learn from the test rows too: what the blueprint declares, and leak tests accept."""

from __future__ import annotations

from collections.abc import Iterable

from iiml_codegen.domain.blueprint import Step
from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.enriched_fragments import ENRICHED_WRITERS
from iiml_codegen.implementation.fragments import fragment

MEMORY = "fitted"
TRAIN_ALONE = frozenset({"target_means", "past_of_series", "class_target", *ENRICHED_WRITERS})
"""Steps that remember what only rows with an answer can tell."""
NEIGHBOURS = frozenset({"along_sequences", "source_texts"})
"""Steps that look at other rows beside each row, and remember nothing."""


def transductive_steps(steps: Iterable[Step]) -> tuple[str, ...]:
    """Ids of prep steps that learn, without labels, from training and test rows together."""
    return tuple(step.id for step in steps if step.part == "prep" and learns_from_both(step))


def learns_from_both(step: Step) -> bool:
    """Whether a step's code stacks both tables, or tells a row what it sees in others."""
    if step.key in TRAIN_ALONE:
        return False
    if step.key in NEIGHBOURS:
        return True
    try:
        lines = fragment(step).lines
    except (GenerationError, KeyError):
        return False
    return any(MEMORY in line or "stack_rows(" in line or "read_rows(" in line for line in lines)
