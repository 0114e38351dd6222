"""Task analyzer, answered by the expert: from an inventory of files to a task summary."""

from __future__ import annotations

from iiml_codegen.domain.inventory import ColumnInfo, Inventory, TextInfo
from iiml_codegen.domain.metric import MetricInfo
from iiml_codegen.domain.task import Answer, Guess, SubmissionFormat, TaskKind, TaskSummary
from iiml_codegen.errors import CompetitionError
from iiml_codegen.planning.metric_choice import Choice, Evidence, choose_metric
from iiml_codegen.planning.table_roles import TableRoles, find_tables
from iiml_codegen.planning.targets import Targets, find_targets

DESCRIPTION_NAMES = ("description", "overview", "task", "readme")


class ExpertTaskAnalyzer:
    """Answers "what is asked?" from file names, columns and the words of the description."""

    def analyse(self, inventory: Inventory, *, metric: str | None = None) -> TaskSummary:
        """Find tables, targets, metric and format; raises CompetitionError with the way out."""
        tables = find_tables(inventory)
        description = find_description(inventory)
        text = description.text if description else ""
        targets = find_targets(tables, text)
        columns = tuple(tables.train.column(name) for name in targets.names)
        refuse_unanswerable(tables, columns)
        choice = choose_metric(evidence_of(tables, targets, columns, text), metric)
        return summarise(tables, targets, choice, description)


def find_description(inventory: Inventory) -> TextInfo | None:
    """The text whose name says that it describes the task, else the longest one."""
    for name in DESCRIPTION_NAMES:
        for text in inventory.texts:
            if text.file.lower().startswith(name):
                return text
    return max(inventory.texts, key=lambda text: len(text.text), default=None)


def refuse_unanswerable(tables: TableRoles, columns: tuple[ColumnInfo, ...]) -> None:
    """A target with one value or none teaches nothing, nor does a row without an answer."""
    for column in columns:
        if column.missing:
            raise CompetitionError(
                f"{column.name} is missing in {column.missing:,} of {tables.train.rows:,} rows"
                f" of {tables.train.file}",
                hint="take these rows out of the training table: there is nothing to learn from",
            )
        if column.distinct < 2:
            raise CompetitionError(
                f"{column.name} of {tables.train.file} has {column.distinct} distinct values",
                hint="a target needs at least two different values",
            )


def evidence_of(
    tables: TableRoles, targets: Targets, columns: tuple[ColumnInfo, ...], text: str
) -> Evidence:
    """Gather what speaks for one metric or another."""
    sample = tables.sample
    answers = tuple(sample.column(n) for n in targets.answer_columns) if sample else ()
    return Evidence(columns, bool(targets.class_columns), answers, text)


def summarise(
    tables: TableRoles, targets: Targets, choice: Choice, description: TextInfo | None
) -> TaskSummary:
    """Put the findings into one task summary."""
    kind, metric = choice.kind, choice.metric
    train_only = set(tables.train.names()) - set(tables.test.names()) - set(targets.names)
    return TaskSummary(
        title=title_of(description, tables),
        description_file=description.file if description else None,
        train_file=tables.train.file,
        test_file=tables.test.file,
        kind=kind,
        targets=targets.names,
        id_column=targets.id_column,
        metric=metric.name,
        greater_is_better=metric.greater_is_better,
        submission=submission_format(tables, targets, metric, kind),
        classes=class_labels(tables.train.column(targets.names[0]), kind),
        train_only_columns=tuple(n for n in tables.train.names() if n in train_only),
        guesses=(*tables.guesses, *targets.guesses, *choice.guesses, *no_description(description)),
    )


def no_description(description: TextInfo | None) -> tuple[Guess, ...]:
    """Say so when everything had to be read off the tables."""
    if description is not None:
        return ()
    why = "the folder has no .md or .txt file; the task was read off the tables"
    return (Guess(what="description", value="none", why=why),)


def title_of(description: TextInfo | None, tables: TableRoles) -> str:
    """The first heading of the description, else the training file's name."""
    for line in (description.text if description else "").splitlines():
        if line.startswith("#"):
            return line.lstrip("# ").strip()
    return tables.train.file


def submission_format(
    tables: TableRoles, targets: Targets, metric: MetricInfo, kind: TaskKind
) -> SubmissionFormat:
    """How the answer is written down."""
    assert tables.sample is not None  # find_targets refused otherwise
    return SubmissionFormat(
        file=tables.sample.file,
        columns=tables.sample.names(),
        id_column=targets.id_column,
        answer=answer_of(targets, metric, kind),
        answer_columns=targets.answer_columns,
        copied_columns=targets.copied_columns,
        class_columns=targets.class_columns,
        rows=tables.sample.rows,
    )


def answer_of(targets: Targets, metric: MetricInfo, kind: TaskKind) -> Answer:
    """What a cell holds: decided by the metric, and by whether classes have columns."""
    if targets.class_columns:
        return "class_probabilities"
    if kind in ("regression", "multi_regression"):
        return "value"
    return "label" if metric.wants == "labels" else "probability"


def class_labels(column: ColumnInfo, kind: TaskKind) -> tuple[str, ...]:
    """Labels in the order of raw predictions: numbers by size, words by alphabet.

    Raises CompetitionError when there are more labels than the inventory lists.
    """
    if kind not in ("binary", "multiclass", "ordinal"):
        return ()
    if len(column.values) != column.distinct:
        raise CompetitionError(
            f"target {column.name} has {column.distinct} different labels, too many for classes",
            hint="is it a number to predict? choose a regression metric with --metric",
        )
    if column.dtype in ("int", "float"):
        return tuple(sorted(column.values, key=float))
    return tuple(sorted(column.values))
