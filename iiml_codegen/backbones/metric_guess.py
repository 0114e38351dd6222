"""The one thing that a model may say before the expert plans: a metric that nobody told."""

from __future__ import annotations

from iiml_codegen.backbones.agents.task_analyzer import (
    BackboneTaskAnalyzer,
    corrected,
    words_of,
)
from iiml_codegen.backbones.asking import Asker
from iiml_codegen.domain.inventory import Inventory
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.errors import IimlError
from iiml_codegen.planning.task_analyzer import find_description

SHARE, MOST_SECONDS = 0.05, 60.0
"""Of the budget; the expert waits no longer."""


def read_metric(
    asker: Asker, inventory: Inventory, task: TaskSummary, budget: float
) -> TaskSummary:
    """The task with the metric that the description tells a model; else as the expert has it."""
    description = words_of(find_description(inventory))
    if not description.strip():
        return task
    tables = [t for t in inventory.tables if t.file in (task.train_file, task.test_file)]
    columns = {name for table in tables for name in table.names()}
    within = asker.within(min(MOST_SECONDS, SHARE * budget))
    try:
        reading = BackboneTaskAnalyzer(within).read(description, columns, task)
    except IimlError:
        return task
    return corrected(task, reading, inventory)
