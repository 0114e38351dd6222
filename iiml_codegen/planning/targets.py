"""Targets, classes and the shape of the answer, read off train, test and sample submission."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from iiml_codegen.domain.inventory import ColumnInfo, TableInfo
from iiml_codegen.domain.layout import FILE_COLUMN
from iiml_codegen.domain.task import Guess, LongForm
from iiml_codegen.errors import CompetitionError
from iiml_codegen.planning.long_form import long_form
from iiml_codegen.planning.table_roles import Sources, extra

TARGET_WORDS = ("target", "label", "class", "y", "outcome", "response")
ID_WORDS = re.compile(r"(?:^|[_\s])(?:id|uuid|guid|key|index)$|[a-z]I[dD]$|^(?:row|no)$", re.I)
LONGEST_ID = 64


@dataclass(frozen=True)
class Targets:
    """What is to be predicted; `class_columns` maps labels to columns of the sample.

    `id_column` is the test's, `sample_id` the sample's column of ids. `columns` are all columns of
    a submission.
    """

    names: tuple[str, ...]
    id_column: str | None
    answer_columns: tuple[str, ...]
    columns: tuple[str, ...]
    sample_id: str | None = None
    copied_columns: tuple[str, ...] = ()
    class_columns: dict[str, str] = field(default_factory=dict)
    long: LongForm | None = None
    guesses: tuple[Guess, ...] = ()


@dataclass(frozen=True)
class Form:
    """The sample's columns by what they are for."""

    id_column: str | None
    sample_id: str | None
    answers: tuple[str, ...]
    copied: tuple[str, ...]
    columns: tuple[str, ...]


def find_targets(found: Sources, description: str) -> Targets:
    """Match the sample's columns with the columns that only the training rows have.

    Raises CompetitionError when no training column can be the target.
    """
    only_train = extra(found.train, found.test)
    if found.layout.wide and found.layout.wide.blocks and found.sample:
        ids, *answers = found.sample.names()
        form = Form(None, ids, tuple(answers), (), found.sample.names())
        return targets_of(form, only_train)
    if not only_train:
        raise CompetitionError(
            f"{found.train.file} has no column that {found.test.file} lacks: nothing to predict",
            hint="the target must stand in the training table only",
        )
    if found.sample is None:
        return without_sample(found, only_train, description)
    form = form_of(found.sample, found.test)
    if not form.answers:
        raise CompetitionError(
            f"{found.sample.file} has no column besides those of {found.test.file}",
            hint="the sample submission must show the column to predict",
        )
    if set(form.answers) <= set(only_train):
        return targets_of(form, form.answers, guesses=nameless(form, found.test))
    return renamed_answers(found, form, only_train, description)


def nameless(form: Form, test: TableInfo) -> tuple[Guess, ...]:
    """Say so where the test has ids that name no rows: they repeat, or are missing."""
    ids = [name for name in form.copied if ID_WORDS.search(name)]
    if form.sample_id is not None or not ids:
        return ()
    column = test.column(ids[0])
    told = f"{column.missing} are missing" if column.missing else "some stand twice"
    why = f"{column.name} of {test.file} does not name each row: {told}"
    return (Guess(what="rows of the submission", value="those of the test, in its order", why=why),)


def targets_of(form: Form, names: tuple[str, ...], **more: object) -> Targets:
    """Targets in the sample's form."""
    return Targets(
        names=names,
        id_column=form.id_column,
        answer_columns=form.answers,
        columns=form.columns,
        sample_id=form.sample_id,
        copied_columns=form.copied,
        **more,  # type: ignore[arg-type]
    )


def form_of(sample: TableInfo, test: TableInfo) -> Form:
    """Which of the sample's columns name rows, which repeat the test's, which are answers."""
    shared = tuple(n for n in sample.names() if n in test.names())
    answers = tuple(n for n in sample.names() if n not in test.names())
    id_column = sample_id = next((n for n in shared if identifies(test, n)), None)
    if sample_id is None and not shared and len(answers) > 1:
        first = sample.column(answers[0])
        if first.unique or ID_WORDS.search(first.name) or sample.rows < 2:
            sample_id, answers = answers[0], answers[1:]
            id_column = same_ids(first, test)
    copied = tuple(n for n in shared if n != sample_id)
    return Form(id_column, sample_id, answers, copied, sample.names())


def same_ids(ids: ColumnInfo, test: TableInfo) -> str | None:
    """The test's column that the sample calls otherwise: the same name but for case and marks.

    Else the first column that names rows and shows the same values.
    """
    unique = [name for name in test.names() if identifies(test, name)]
    alike = [name for name in unique if normal(name) == normal(ids.name)]
    shown = [n for n in unique if set(test.column(n).examples) & set(ids.examples)]
    return next(iter([*alike, *shown]), None)


def identifies(table: TableInfo, name: str) -> bool:
    """A column that names each row: unique, without gaps, and short enough to be an id."""
    column = table.column(name)
    if column.dtype == "float" and not column.integral:
        return False
    return column.unique and not column.missing and (column.mean_characters or 0.0) < LONGEST_ID


def without_sample(found: Sources, only_train: tuple[str, ...], description: str) -> Targets:
    """Hand in the test's id and the likeliest target, and say that this is a guess."""
    name, why = likeliest_target(only_train, description)
    id_column = likeliest_id(found.test)
    columns = (id_column, name) if id_column else (name,)
    no_sample = "the folder has no sample submission; the test's id and the target are usual"
    guesses = [
        Guess(what="submission format", value=", ".join(columns), why=no_sample),
        Guess(what="target", value=name, why=why),
    ]
    return Targets((name,), id_column, (name,), columns, id_column, guesses=tuple(guesses))


def likeliest_id(test: TableInfo) -> str | None:
    """The first column that names rows by its name, else the first that only could."""
    unique = [n for n in test.names() if identifies(test, n) and n != FILE_COLUMN]
    called = [n for n in unique if ID_WORDS.search(n)]
    first = [n for n in unique[:1] if n == test.names()[0]]
    return next(iter([*called, *first]), None)


def renamed_answers(
    found: Sources, form: Form, only_train: tuple[str, ...], description: str
) -> Targets:
    """The sample's columns are not training columns: one per class, long, or a renamed target."""
    for name in only_train:
        classes = match_classes(found.train.column(name), form.answers)
        if classes:
            why = f"the sample has one column for each value of {name}"
            guess = Guess(what="target", value=name, why=why)
            return targets_of(form, (name,), class_columns=classes, guesses=(guess,))
    assert found.sample is not None
    long = long_targets(found, form, only_train)
    if long is not None:
        return long
    by_place = classes_by_place(found.train, form, only_train)
    if by_place is not None:
        return by_place
    if len(form.answers) != 1:
        raise CompetitionError(
            f"the columns {', '.join(form.answers[:5])} of {found.sample.file}"
            " match neither training columns nor the values of one",
            hint=f"training-only columns are: {', '.join(only_train[:8])}",
        )
    name, why = likeliest_target(only_train, description)
    return targets_of(form, (name,), guesses=(Guess(what="target", value=name, why=why),))


def classes_by_place(train: TableInfo, form: Form, only_train: tuple[str, ...]) -> Targets | None:
    """As many columns as one training column has labels, under names that say nothing of them."""
    several = [n for n in only_train if len(in_order(train.column(n))) == len(form.answers)]
    told_by_name = set(form.answers) & set(only_train)
    if len(several) != 1 or len(form.answers) < 2 or told_by_name:
        return None
    labels = in_order(train.column(several[0]))
    pairs = f"{form.answers[0]} for {labels[0]} to {form.answers[-1]} for {labels[-1]}"
    why = f"its labels are as many as the sample's columns, taken in order: {pairs}"
    guess = Guess(what="target", value=several[0], why=why)
    columns = dict(zip(labels, form.answers, strict=True))
    return targets_of(form, (several[0],), class_columns=columns, guesses=(guess,))


def long_targets(found: Sources, form: Form, only_train: tuple[str, ...]) -> Targets | None:
    """A submission with a row for each test row and target, or test row and class."""
    assert found.sample is not None
    unique = likeliest_id(found.test)
    ids = found.test.column(unique) if unique else None
    long = long_form(found.sample, found.test, only_train, ids)
    names, classes = only_train, dict[str, str]()
    for name in only_train if long is None else ():
        labels = found.train.column(name).labels or in_order(found.train.column(name))
        long = long_form(found.sample, found.test, labels, ids)
        if long:
            names, classes = (name,), dict(zip(labels, long.names, strict=True))
            break
    if long:
        why = f"ids such as {found.sample.columns[0].examples[0]} name a test row and a target"
        guess = Guess(what="submission format", value="one row per target", why=why)
        return targets_of(
            Form(unique, found.sample.names()[0], form.answers, (), form.columns),
            names,
            class_columns=classes,
            long=long,
            guesses=(guess,),
        )
    return None


def in_order(column: ColumnInfo) -> tuple[str, ...]:
    """The labels of a column, numbers by size; () where the inventory does not list them all."""
    if len(column.values) != column.distinct:
        return ()
    return tuple(sorted(column.values, key=float if column.dtype in ("int", "float") else str))


def match_classes(column: ColumnInfo, answers: tuple[str, ...]) -> dict[str, str]:
    """Label to sample column, by equal names or names that end in the label; {} unless all do.

    Labels are a column's values, or what its cells hold several of.
    """
    values = column.labels if len(column.labels) == len(answers) else column.values
    if len(answers) < 2 or not set(values) or len(values) != len(answers):
        return {}
    found: dict[str, str] = {}
    for value in values:
        wanted = normal(value)
        equal = [a for a in answers if normal(a) == wanted]
        ending = [a for a in answers if re.search(rf"(?:^|_){re.escape(wanted)}$", normal(a))]
        glued = [a for a in answers if re.search(rf"[a-z]{re.escape(wanted)}$", normal(a))]
        match = equal or ending or (glued if wanted.isdigit() else [])
        if len(match) != 1:
            return {}
        found[value] = match[0]
    return found if len(set(found.values())) == len(answers) else {}


def normal(name: str) -> str:
    """Lower case, one underscore for whatever is no letter or digit; 1.0 reads as 1."""
    text = re.sub(r"\.0$", "", name.strip().lower())
    return re.sub(r"[\W_]+", "_", text).strip("_")


def likeliest_target(extra: tuple[str, ...], description: str) -> tuple[str, str]:
    """One of several training-only columns: only one, a usual name, or the one described first."""
    if len(extra) == 1:
        return extra[0], "the only column that the test table lacks"
    for name in extra:
        if name.lower() in TARGET_WORDS:
            return name, f"a column called {name} is usually the target"
    places = {n: description.find(n) for n in extra if n in description}
    if places:
        name = min(places, key=lambda n: places[n])
        return (
            name,
            "the description names it first of the columns that the test table lacks",
        )
    return extra[-1], "the last column that the test table lacks"
