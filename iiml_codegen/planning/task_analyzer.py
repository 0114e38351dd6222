"""Task analyzer, answered by the expert: from an inventory of files to a task summary."""

from __future__ import annotations

from msgspec.structs import replace

from iiml_codegen.domain.inventory import ColumnInfo, Inventory, TableInfo, TextInfo
from iiml_codegen.domain.layout import Layout, SourceText, TableForm
from iiml_codegen.domain.metric import MetricInfo
from iiml_codegen.domain.task import Answer, Guess, SubmissionFormat, TaskKind, TaskSummary
from iiml_codegen.planning.class_order import class_labels
from iiml_codegen.planning.label_cells import labels_apart, lists_labels
from iiml_codegen.planning.metric_choice import Choice, Evidence, choose_metric
from iiml_codegen.planning.panels import panel_of
from iiml_codegen.planning.refusals import refuse_unmodelled
from iiml_codegen.planning.sources import find_sources
from iiml_codegen.planning.table_roles import Sources, extra
from iiml_codegen.planning.target_checks import refuse_spaces, refuse_unanswerable, tidied
from iiml_codegen.planning.targets import Targets, find_targets
from iiml_codegen.planning.text_roles import source_of, texts_said

DESCRIPTION_NAMES = ("description", "overview", "task", "readme")
LABEL_LISTS = "samples_f1"
"""The metric of several labels in a cell where the description names none that counts labels."""
FEWEST_WORDS = 40
"""A description with fewer words than this says nothing about the task."""


class ExpertTaskAnalyzer:
    """Answers "what is asked?" from file names, columns and the words of the description."""

    def analyse(self, inventory: Inventory, *, metric: str | None = None) -> TaskSummary:
        """Find rows, targets, metric and format; raises CompetitionError with the way out.

        Raises UnsupportedTaskError for answers of a kind that no track gives.
        """
        refuse_unmodelled(inventory)
        found = find_sources(inventory)
        description = find_description(inventory)
        text = description.text if description else ""
        targets = find_targets(found, text)
        source = source_of(inventory, found, targets)
        if source is not None:
            return self.analyse_texts(found, targets, source, description, metric)
        found, targets = labels_apart(found, targets)
        tidy = [tidied(found, name) for name in targets.names]
        columns = tuple(column for column, _ in tidy)
        refuse_unanswerable(found, columns)
        evidence = evidence_of(found, targets, columns, text)
        choice = choose_metric(evidence, metric)
        if choice.metric.places and not targets.class_columns:
            refuse_spaces(found, columns[0])
        if lists_labels(found, targets) and choice.metric.wants != "labels":
            choice = choose_metric(evidence, LABEL_LISTS)
        said = tuple(guess for _, guesses in tidy for guess in guesses)
        return summarise(found, targets, columns, choice, description, said)

    def analyse_texts(
        self,
        found: Sources,
        targets: Targets,
        source: SourceText,
        description: TextInfo | None,
        metric: str | None,
    ) -> TaskSummary:
        """The task of answering with texts; an empty one is a text, too."""
        columns = (replace(found.train.column(targets.names[0]), missing=0),)
        text = description.text if description else ""
        evidence = Evidence(columns, False, (), text, source=source)
        layout = replace(found.layout, source=source)
        found = Sources(found.train, found.test, found.sample, layout, found.guesses)
        said = texts_said(source, targets)
        return summarise(
            found, targets, columns, choose_metric(evidence, metric), description, said
        )


def find_description(inventory: Inventory) -> TextInfo | None:
    """The text whose name says that it describes the task, else the longest one."""
    for name in DESCRIPTION_NAMES:
        for text in inventory.texts:
            if text.file.lower().startswith(name):
                return text
    return max(inventory.texts, key=lambda text: len(text.text), default=None)


def evidence_of(
    found: Sources, targets: Targets, columns: tuple[ColumnInfo, ...], text: str
) -> Evidence:
    """Gather what speaks for one metric or another."""
    sample = found.sample
    shown = targets.answer_columns if sample else ()
    answers = tuple(sample.column(n) for n in shown) if sample else ()
    masks = found.layout.masks is not None
    return Evidence(
        columns, bool(targets.class_columns), answers, text, masks, targets.long is not None
    )


def summarise(
    found: Sources,
    targets: Targets,
    columns: tuple[ColumnInfo, ...],
    choice: Choice,
    description: TextInfo | None,
    said: tuple[Guess, ...],
) -> TaskSummary:
    """Put the findings into one task summary."""
    kind, metric = choice.kind, choice.metric
    only_train = [n for n in extra(found.train, found.test) if n not in targets.names]
    only_train = [] if found.layout.train_files else only_train
    text = description.text if description else ""
    classes, order = class_labels(columns[0], kind, text)
    return TaskSummary(
        title=title_of(description, found),
        description_file=description.file if description else None,
        train_file=found.train.file,
        test_file=found.test.file,
        kind=kind,
        targets=targets.names,
        id_column=targets.id_column,
        metric=metric.name,
        greater_is_better=metric.greater_is_better,
        submission=submission_format(found, targets, metric, kind, len(classes)),
        classes=classes,
        train_only_columns=tuple(only_train),
        layout=layout_of(found, targets, kind, columns),
        guesses=(
            *found.guesses,
            *targets.guesses,
            *said,
            *unlabelled(found.train, columns),
            *choice.guesses,
            *order,
            *thin_description(description, targets, choice),
        ),
    )


def layout_of(
    found: Sources, targets: Targets, kind: TaskKind, columns: tuple[ColumnInfo, ...]
) -> Layout:
    """The layout with what only the targets show: series in time, and rows without an answer."""
    gaps = found.layout.drop_unlabelled or bool(unlabelled(found.train, columns))
    return replace(found.layout, **panel_of(found, targets, kind), drop_unlabelled=gaps)


def unlabelled(train: TableInfo, columns: tuple[ColumnInfo, ...]) -> tuple[Guess, ...]:
    """Say so where training rows have no answer."""
    most = max(columns, key=lambda column: column.missing)
    if not most.missing:
        return ()
    known, file = train.rows - most.missing, train.file
    others = "the other row" if most.missing == 1 else f"the other {most.missing:,} rows"
    why = f"{most.name} is missing in {others} of {file}, which is nothing to learn from"
    return (Guess(what="rows to learn from", value=f"{known:,} of {train.rows:,}", why=why),)


def thin_description(
    description: TextInfo | None, targets: Targets, choice: Choice
) -> tuple[Guess, ...]:
    """Say so when everything had to be read off the files."""
    if description is None:
        why = "the folder has no .md or .txt file; the task was read off the files"
        return (Guess(what="description", value="none", why=why),)
    names = any(name in description.text for name in targets.names)
    says = names or not any(guess.what == "metric" for guess in choice.guesses)
    if len(description.text.split()) < FEWEST_WORDS and not says:
        why = f"{description.file} names neither target nor metric; the task was read off the files"
        return (Guess(what="description", value=description.file, why=why),)
    return ()


def title_of(description: TextInfo | None, found: Sources) -> str:
    """The first heading of the description, else the training file's name."""
    for line in (description.text if description else "").splitlines():
        if line.startswith("#"):
            return line.lstrip("# ").strip()
    return found.train.file


def submission_format(
    found: Sources, targets: Targets, metric: MetricInfo, kind: TaskKind, classes: int
) -> SubmissionFormat:
    """How the answer is written down."""
    sample = found.sample
    listed = lists_labels(found, targets)
    answer = "label_list" if listed else answer_of(targets, metric, kind)
    return SubmissionFormat(
        file=sample.file if sample else "",
        columns=targets.columns,
        id_column=targets.sample_id,
        answer=answer,
        answer_columns=targets.answer_columns,
        copied_columns=targets.copied_columns,
        class_columns=targets.class_columns,
        rows=found.test.rows,
        form=sample.form if sample else TableForm(),
        long=targets.long,
        most_labels=min(metric.places, classes) if answer == "ranked_labels" else 0,
    )


def answer_of(targets: Targets, metric: MetricInfo, kind: TaskKind) -> Answer:
    """What a cell holds: decided by the metric, and by whether classes have columns."""
    if targets.class_columns:
        return "class_probabilities"
    if kind in ("regression", "multi_regression"):
        return "value"
    if metric.places:
        return "ranked_labels"
    if metric.wants in ("masks", "texts"):
        return "mask" if metric.wants == "masks" else "text"
    return "label" if metric.wants == "labels" else "probability"
