"""Whether features need plainer names for the boosting libraries than their columns have."""

from __future__ import annotations

from collections.abc import Iterable

from iiml_codegen.domain.blueprint import Step

REFUSED_IN_NAMES = '[]{}<>:,"'
"""What LightGBM (JSON's marks) or XGBoost (brackets and `<`) refuse."""

NAMED_BY_CELLS = ("list_items", "history")
"""Steps whose features are called by what cells hold."""


def need_plain_names(steps: Iterable[Step]) -> bool:
    """Whether features of these steps may have names that are refused, or one twice for LightGBM.

    It reads a space as `_`.
    """
    steps = list(steps)
    names = {name for step in steps for name in names_in(step)}
    alike = {name.replace(" ", "_") for name in names}
    marked = any(mark in name for name in names for mark in REFUSED_IN_NAMES)
    return marked or len(alike) < len(names) or any(map(named_by_cells, steps))


def named_by_cells(step: Step) -> bool:
    """Whether a step calls its features by what it reads in cells or documents."""
    documents = step.key == "media_numbers" and step.values["kind"] == "numbers"
    return documents or step.key in NAMED_BY_CELLS


def names_in(step: Step) -> set[str]:
    """The columns that a step's features are called by."""
    values = step.values
    several = [*values.get("columns", ()), *values.get("keys", ())]
    if step.key == "numbers":
        several += [name for form in values.get("written", ()) for name in form["columns"]]
    if step.key == "along_sequences":
        several += values["numbers"]
    if step.key == "past_of_series":
        several += values["targets"]
    return {name for name in (*several, values.get("column"), values.get("key")) if name}
