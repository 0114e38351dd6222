"""The task: what a competition asks for."""

from __future__ import annotations

from typing import Literal

from iiml_codegen.domain.layout import Layout, TableForm
from iiml_codegen.domain.wire import Frozen

TaskKind = Literal[
    "binary", "multiclass", "multilabel", "ordinal", "regression", "multi_regression", "text"
]
Answer = Literal[
    "label",
    "label_list",
    "ranked_labels",
    "probability",
    "class_probabilities",
    "value",
    "mask",
    "text",
]
"""What a cell of the submission holds: a label, any number of labels, the likeliest labels with
spaces between them, the probability of the positive class, one probability per class (a column
each), a number, the run lengths of a picture's mask, or a text. Several targets repeat
`probability`/`value`."""


class LongForm(Frozen):
    """A submission with one row per test row and target: its id is made of both.

    `template` has the fields `{id}` and `{target}`, such as `{id}_{target}`. Where ids are numbers,
    `factor` is set instead and the id is `id * factor + target`. `names` are the targets as ids
    spell them, in the order of the task's targets; `by_target` says that the rows of one target
    stand together.
    """

    names: tuple[str, ...]
    template: str = "{id}_{target}"
    factor: int = 0
    by_target: bool = False


class SubmissionFormat(Frozen):
    """How the sample submission looks; columns are in file order.

    `id_column` is None where a row is known by its place (the sample repeats the test's columns).
    `class_columns` maps class label to column name for `class_probabilities`. With `long` there is
    one answer column, and a row for each target of each test row. `rows` counts test rows, and
    `most_labels` what a cell of `ranked_labels` may hold.
    """

    file: str
    columns: tuple[str, ...]
    id_column: str | None
    answer: Answer
    answer_columns: tuple[str, ...]
    copied_columns: tuple[str, ...] = ()
    class_columns: dict[str, str] = {}
    rows: int = 0
    form: TableForm = TableForm()
    long: LongForm | None = None
    most_labels: int = 0


class Guess(Frozen):
    """Something that no file says outright, with the reason why it was assumed."""

    what: str
    value: str
    why: str


class TaskSummary(Frozen):
    """What is asked: files, targets, metric with its direction, submission format.

    `classes` are the labels as they stand in the training table, in the order of the columns of
    raw predictions; for `binary` the second one is the positive class.
    `train_only_columns` are training columns that the test table lacks.
    """

    title: str
    description_file: str | None
    train_file: str
    test_file: str
    kind: TaskKind
    targets: tuple[str, ...]
    id_column: str | None
    metric: str
    greater_is_better: bool
    submission: SubmissionFormat
    classes: tuple[str, ...] = ()
    exclusive_labels: bool = False
    train_only_columns: tuple[str, ...] = ()
    layout: Layout = Layout()
    guesses: tuple[Guess, ...] = ()
