"""What the preparation is planned from, and a step before it has its number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from iiml_codegen.domain.blueprint import FoldPlan
from iiml_codegen.domain.knowledge import Knowledge
from iiml_codegen.domain.profile import ColumnProfile, DataProfile
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_plain


@dataclass(frozen=True)
class Planned:
    """A step before it has its number."""

    key: str
    title: str
    why: str
    values: dict[str, Any]


@dataclass(frozen=True)
class PrepRequest:
    """The task, its profile, knowledge, and the views that are needed.

    `left_out` are columns that must not become features: suspected leaks above all; `readers` are
    the members that read each view; `folds` say how rows are withheld.
    """

    task: TaskSummary
    profile: DataProfile
    knowledge: Knowledge
    views: frozenset[str]
    left_out: frozenset[str]
    readers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    folds: FoldPlan | None = None

    def columns(self, *roles: str) -> list[ColumnProfile]:
        """Usable columns of these roles; a date that is an id still tells time.

        Without lists, and without names of groups that the test has others of.
        """
        new = {column.name for column in self.new_groups()}
        return [
            c for c in self.usable() if c.role in roles and not is_list(c) and c.name not in new
        ]

    def new_groups(self) -> list[ColumnProfile]:
        """Columns that name groups, of which the test has new ones: such a name tells nothing."""
        groups = (r for r in self.profile.relations if r.kind == "group")
        new = {relation.column for relation in groups if relation.test_is == "new_groups"}
        return [column for column in self.usable() if column.name in new]

    def dates(self) -> list[ColumnProfile]:
        """Usable dates, without those whose moments another of them tells."""
        return [c for c in self.columns("date") if not self.told_again(c)]

    def told_again(self, column: ColumnProfile) -> bool:
        """Whether a usable date tells the moments of this column."""
        return any(date.name == column.same_moments for date in self.columns("date"))

    def list_columns(self) -> list[ColumnProfile]:
        """Usable columns whose cells are lists, but none of amounts."""
        return [c for c in self.usable() if is_list(c) and c.number_list is None]

    def number_lists(self) -> list[ColumnProfile]:
        """Usable columns whose cells are lists of numbers that are amounts."""
        return [column for column in self.usable() if column.number_list is not None]

    def usable(self) -> list[ColumnProfile]:
        """Columns of both sides that are no target, no id of a row or sequence in cells, no pixel.

        Nor are they left out.
        """
        skip = {self.task.id_column, *self.task.targets}
        skip -= {column.name for column in self.profile.columns if column.role == "date"}
        skip |= self.left_out | self.profile.in_pictures() | self.steps_by_name()
        skip |= {self.task.layout.steps.key} if self.task.layout.steps else set()
        both = [c for c in self.profile.columns if c.in_train and c.in_test]
        return [c for c in both if c.name not in skip]

    def steps_by_name(self) -> set[str]:
        """The column that names steps of series, where another one dates them."""
        wide, panel = self.task.layout.wide, self.task.layout.panel
        return {wide.time} if wide and panel and panel.time != wide.time else set()


def is_list(column: ColumnProfile) -> bool:
    """Whether most cells are lists, such as "['a', 'b']" or "[0.5, 2]"."""
    return column.number_list is not None or any(
        pattern.kind == "list" for pattern in column.patterns
    )


def with_fact(request: PrepRequest, topic: str, measured: str) -> str:
    """What was measured, and what is known about such cases."""
    fact = request.knowledge.fact(topic)
    return f"{measured}; {fact.says} ({fact.source})" if fact else measured


def table_forms(task: TaskSummary) -> dict[str, Any]:
    """How both tables are written, as plain `TableForm`s for the reading recipes."""
    layout = task.layout
    return {"train_form": to_plain(layout.train_form), "test_form": to_plain(layout.test_form)}
