"""Profiling agent: measures the data by running code on it; or, as an ablation, only looks."""

from __future__ import annotations

from iiml_codegen.domain.inventory import ColumnInfo, Inventory, TableInfo
from iiml_codegen.domain.profile import ColumnProfile, DataProfile, Role, TargetProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.execution.worker_client import WorkerClient

PROFILE_SECONDS = 120.0
PROFILE_SHARE = 1 / 3
"""Of the budget, where that is more: a big table takes its time, and a hung worker must end."""


class ExpertProfilingAgent:
    """Runs the worker's profile on the competition."""

    def __init__(self, worker: WorkerClient, budget: float = 0.0) -> None:
        self.worker = worker
        self.seconds = max(PROFILE_SECONDS, PROFILE_SHARE * budget)

    def profile(self, task: TaskSummary, inventory: Inventory) -> DataProfile:
        """Measure roles, gaps, drift, relations, leaks; raises WorkerError or CompetitionError."""
        params = {"folder": inventory.folder, "task": to_plain(task), "seed": 0}
        return self.worker.call_typed("profile", params, DataProfile, timeout=self.seconds)


class ReactiveProfilingAgent:
    """The ablation `--without profiling`: types as the files state them, nothing measured."""

    def profile(self, task: TaskSummary, inventory: Inventory) -> DataProfile:
        """Roles by type alone."""
        tables = {table.file: table for table in inventory.tables}
        train, test = tables[task.train_file], tables[task.test_file]
        return DataProfile(
            train_rows=train.rows,
            test_rows=test.rows,
            columns=tuple(unmeasured(c, train, test, task) for c in train.columns),
            targets=tuple(
                TargetProfile(name=n, distinct=train.column(n).distinct, missing=0.0)
                for n in task.targets
            ),
            warnings=("The data were not profiled (--without profiling).",),
        )


def unmeasured(
    column: ColumnInfo, train: TableInfo, test: TableInfo, task: TaskSummary
) -> ColumnProfile:
    """A column known by its type only."""
    role: Role = "category" if column.dtype in ("string", "bool") else "number"
    if (column.mean_characters or 0) > 40:
        role = "text"
    if column.name == task.id_column:
        role = "id"
    return ColumnProfile(
        name=column.name,
        role=role,
        why=f"stored as {column.dtype}",
        in_train=True,
        in_test=column.name in test.names(),
        dtype=column.dtype,
        distinct=column.distinct,
        missing_train=column.missing / max(train.rows, 1),
        missing_test=0.0,
    )
