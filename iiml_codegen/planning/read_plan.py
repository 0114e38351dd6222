"""The steps that read rows and what belongs to them: tables, files, lookups, histories, series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from iiml_codegen.domain.layout import FileRows, Layout, RelatedTable
from iiml_codegen.domain.task import TaskSummary
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.implementation.rendering import shortened
from iiml_codegen.planning.plan_words import enumerated, named, quantity
from iiml_codegen.planning.prep_request import Planned, PrepRequest, table_forms, with_fact

LONGEST_TITLE = 80
TEXT = "as text, so that every type is stated and none is guessed"
WORDS = "as text, so that words such as NA are words and no gaps"
TEXT_AND_NUMBERS = "numbers at once as such, as that many cells take long; all others as text"
MANY_CELLS = 5_000_000
PLACES = ("ways_on_earth", "ways_on_plane", "turned_places")
BY_NUMBER = ("numbers", "test_gaps", "like_numbers", "gaps", "along_sequences", *PLACES)
"""Steps that read columns the same whether they come as text or as numbers; so are the `numbers` of
all others."""
LABELS_FROM = {
    "name": "labels from their names",
    "folder": "labels from their folders",
    "partner": "labels from their partners",
}


def read_step(request: PrepRequest) -> Planned:
    """Read both tables, or whatever else the rows are made of."""
    task, profile = request.task, request.profile
    counted = f"{profile.train_rows:,} training and {profile.test_rows:,} test rows"
    files = {"train_file": task.train_file, "test_file": task.test_file}
    if reads_plainly(task.layout):
        title = f"Read {named([task.train_file, task.test_file], 'tables')} as text"
        why, values = f"{counted}; {TEXT}", {**files, **table_forms(task)}
        if task.layout.source is not None:
            why, values = f"{counted}; {WORDS}", {**values, "words": True}
        return Planned("read_tables", title, why, values)
    sample = task.submission
    values = {
        **files,
        "targets": list(task.targets),
        "layout": to_plain(task.layout),
        "sample": {
            "file": sample.file,
            "form": to_plain(sample.form),
            "id_column": sample.id_column,
            "called": task.id_column if task.id_column != sample.id_column else "",
            "answer_columns": list(answers_of(task)),
            "long": to_plain(sample.long) if sample.long else None,
        },
        **answer_form(request),
    }
    return Planned("read_rows", title_of(task), f"{counted}; {reason(task)}", values)


def numbers_as_numbers(request: PrepRequest, steps: list[Planned]) -> list[Planned]:
    """The steps; of large tables, numbers are read as such where no other step wants their text."""
    read, *others = steps
    profile, layout = request.profile, request.task.layout
    cells = (profile.train_rows + profile.test_rows) * len(profile.columns)
    delimited = layout.train_form.format == layout.test_form.format == "delimited"
    if read.key != "read_tables" or not delimited or cells < MANY_CELLS:
        return steps
    numbers = [name for step in others if step.key == "numbers" for name in step.values["columns"]]
    as_text = [step.values | {"numbers": ()} for step in others if step.key not in BY_NUMBER]
    wanted = set(texts_in(as_text))
    if not numbers or wanted.intersection(numbers):
        return steps
    why = f"{read.why.partition(';')[0]}; {TEXT_AND_NUMBERS}"
    title = f"{read.title.removesuffix(' as text')}, numbers as numbers"
    values = {**read.values, "numbers": numbers}
    return [replace(read, title=title, why=why, values=values), *others]


def texts_in(value: object) -> Iterator[str]:
    """All texts in a plain value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)


def answer_form(request: PrepRequest) -> dict[str, object]:
    """How answers are written, where rows without one are left out."""
    task, first = request.task, request.profile.targets[0]
    if not task.layout.drop_unlabelled or task.classes:
        return {}
    form = first.number_form
    if form is None or form.plain:
        return {"written": {}}
    return {"written": {"decimal": form.decimal, "thousands": form.thousands}}


def reads_plainly(layout: Layout) -> bool:
    """True where two tables are all that has to be read."""
    return layout.is_plain and not any(media.kind == "text" for media in layout.media)


def answers_of(task: TaskSummary) -> tuple[str, ...]:
    """Columns of the sample that are no columns of the rows."""
    sample = task.submission
    kept = (sample.id_column, *sample.copied_columns)
    return tuple(name for name in sample.columns if name not in kept)


def title_of(task: TaskSummary) -> str:
    """What is read, in one line."""
    layout = task.layout
    said = sides_said(task)
    lookups = [file for r in layout.related if r.role == "lookup" for file in r.files]
    lookups = list(dict.fromkeys(lookups))
    labels = [r.file for r in layout.related if r.role == "labels"]
    if labels:
        said += f", labels from {labels[0]}"
    if lookups:
        said += f"; join {named(lookups, 'tables')}"
    if any(media.kind == "text" for media in layout.media):
        said += "; read their texts"
    if layout.drop_unlabelled:
        said += "; leave out rows without an answer"
    return shortened(said, LONGEST_TITLE)


def sides_said(task: TaskSummary) -> str:
    """Where the rows of train and test come from."""
    layout = task.layout
    if layout.pixels:
        pairs = layout.pixels
        return f"Read the pictures of {pairs.train} and {pairs.test}, answers from {pairs.answers}"
    if layout.train_files:
        return f"List the files in {files_said(layout.train_files, task)}"
    if layout.wide:
        return f"Give each cell of {task.train_file} a row, and each that the sample asks for"
    train = " and ".join(layout.train_parts.values()) or task.train_file
    if layout.steps:
        asked = f"those that {task.submission.file} asks for"
        return f"Read each step in {task.train_file}, and {asked}"
    if layout.test_from_sample:
        return f"Read {train} and the rows that {task.submission.file} asks for"
    files = [*(layout.train_parts.values() or [task.train_file]), task.test_file]
    return f"Read {named(files, 'tables')} as text"


def files_said(files: FileRows, task: TaskSummary) -> str:
    """Both folders, and where labels stand."""
    both = f"{files.folder} and {task.test_file}"
    labels = LABELS_FROM.get(files.label_from)
    return f"{both}, {labels}" if labels else both


def reason(task: TaskSummary) -> str:
    """Why it is read this way."""
    layout = task.layout
    if layout.pixels:
        if layout.masks:
            return f"a picture of {layout.pixels.answers} is the mask of the one of its name"
        return f"a picture of {layout.pixels.answers} shows what the one of its name becomes"
    if layout.train_files and layout.train_files.label_from == "name":
        return (
            f"the label is what {layout.train_files.label_pattern} finds in a training file's name"
        )
    if layout.train_files and layout.train_files.label_from == "partner":
        return f"each training file has its label in {layout.train_files.partner}"
    if layout.train_files:
        return f"each folder below {layout.train_files.folder} is a label"
    if layout.steps:
        cells = enumerated([*layout.steps.texts, *layout.steps.lists])
        near = f" with up to {layout.steps.near} before and after" if layout.steps.texts else ""
        return f"what stands at a step in {cells} is a row{near}; {TEXT}"
    keyed = [
        f"{' and '.join(r.files)} by {enumerated(r.keys)}"
        for r in layout.related
        if r.role != "history"
    ]
    if keyed:
        return f"keys tell what belongs to a row ({enumerated(keyed)})"
    return TEXT


def pixel_steps(request: PrepRequest) -> Iterator[Planned]:
    """The view of pixels, where rows are pixels."""
    pairs = request.task.layout.pixels
    if pairs is not None and "pixels" in request.views:
        readers = enumerated(request.readers.get("pixels", ()))
        why = f"for {readers}, which put them back into pictures: neighbours tell what a pixel was"
        yield Planned("pixels", f"List the pixels of {pairs.train} and {pairs.test}", why, {})


def history_steps(request: PrepRequest) -> Iterator[Planned]:
    """Each table with several rows for each of ours, summed up."""
    for related in request.task.layout.related:
        if related.role == "history":
            measured = several_said(related)
            if related.hidden_columns:
                hidden = enumerated(related.hidden_columns)
                measured += f"; without {hidden}, which the test rows do not have"
            why = with_fact(request, "history", measured)
            names = [PurePosixPath(file).name for file in related.files]
            title = f"Sum up {' and '.join(names)} for each row"
            yield Planned("history", title, why, history_values(related))


def several_said(related: RelatedTable) -> str:
    """What makes a table a history, and how it is read where it stands in folders."""
    have, each = "have" if related.test_file else "has", enumerated(related.keys)
    said = f"{' and '.join(related.files)} {have} several rows for each {each}"
    if related.test_file:
        said += ", the one for rows of train and the other for those of test"
    parted = enumerated(related.form.partitions)
    if set(related.form.partitions) <= set(related.keys) and parted:
        said += f"; as its folders are called by {parted}, one is in memory at a time"
    return said


def history_values(related: RelatedTable) -> dict[str, object]:
    """What the fragment needs to know about a history."""
    return {
        "file": related.file,
        "form": to_plain(related.form),
        "keys": list(related.keys),
        "left_out": list(related.hidden_columns),
        "test_file": related.test_file,
        "test_form": to_plain(related.test_form),
    }


def past_steps(request: PrepRequest) -> Iterator[Planned]:
    """What each series of a panel was, no nearer than the test reaches."""
    task, panel = request.task, request.task.layout.panel
    dated = {c.name: c.date_format for c in request.profile.columns if c.role == "date"}
    counted = task.layout.wide is not None and task.layout.wide.counted
    if panel is None or not (panel.time in dated or counted):
        return
    if task.kind not in ("regression", "multi_regression"):
        return
    reach = f"{quantity(panel.horizon)} {'days' if panel.time in dated else 'steps'}"
    measured = f"the test reaches {reach} beyond train, so no row may look back less"
    why = with_fact(request, "past_of_series", measured)
    series = f" of each {enumerated(panel.keys)}" if panel.keys else ""
    title = f"Recall what {named(list(task.targets), 'targets')}{series} was {reach} before"
    values = {
        "time": panel.time,
        "format": dated.get(panel.time),
        "counted": panel.time not in dated,
        "keys": list(panel.keys),
        "targets": list(task.targets),
        "horizon": panel.horizon,
    }
    yield Planned("past_of_series", title, why, values)
