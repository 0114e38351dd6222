"""Verb `check_submission`: is a file what the competition takes, cell by cell.

Codes: IIML600 unreadable, 601 columns, 602 rows and ids, 603 order, 604 gaps, 605 no number,
606 unknown label, 607 out of range, 608 probabilities do not add up, 609 constant.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import DataError
from .layouts import Layout, find_layout
from .layouts.picture_masks import PictureMasks
from .layouts.sample import long_ids, rows_asked
from .mask_cells import mask_troubles
from .plan import LabelCell
from .tables import form_of, read_texts, read_written
from .targets import canonical
from .task import Task, task_from

if TYPE_CHECKING:
    import pandas as pd

SUM_TOLERANCE = 1e-3
CONSTANT_FROM_ROWS = 20
SHOWN = 3
LOG_METRICS = ("rmsle", "mean_column_rmsle", "msle", "rmse_of_logs")
Violation = dict[str, Any]


def check_submission(params: dict[str, Any]) -> dict[str, Any]:
    """All violations of a submission, in the order of their codes, and the file's SHA-256."""
    folder, task = Path(params["folder"]), task_from(params["task"])
    path = Path(params["submission"])
    if not path.is_file():
        raise DataError(f"{path.name} is not there", hint="Did the pipeline write it?")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"violations": _violations(path, folder, task), "sha256": digest}


def _violations(path: Path, folder: Path, task: Task) -> list[Violation]:
    try:
        given = read_texts(path)
    except DataError as error:
        return [violation("IIML600", error.message, error.hint)]
    wrong = list(_columns(given, task))
    if wrong:
        return wrong
    given = _with_words(given, path, task)
    rows = list(_rows(given, folder, task))
    if task.layout.masks is not None:
        return rows or [*_masks(given, PictureMasks(folder, task)), *_constant(given, task)]
    if task.layout.source is not None:
        source = find_layout(folder, task).texts("test", task.layout.source.column)
        return rows or [*_texts(given[task.answer_columns[0]], source), *_constant(given, task)]
    cells = [one for name in task.answer_columns for one in _cells(given[name], task)]
    if cells:
        return rows + cells
    return rows + list(_sums(given, task)) + list(_constant(given, task))


def _with_words(given: pd.DataFrame, path: Path, task: Task) -> pd.DataFrame:
    """The submission with labels such as None, a folder's name say, which else read as missing."""
    cell, names = task.layout.label_cell, list(task.answer_columns)
    labels = cell.labels if cell is not None and task.answer == "label_list" else task.classes
    if task.layout.source is not None:
        return given.assign(**read_written(path, form_of(path), names))
    if not labels or not given[names].isna().to_numpy().any():
        return given
    written = read_written(path, form_of(path), names)
    meant = {name: written[name].where(written[name].isin(labels)).astype(object) for name in names}
    return given.assign(**{name: given[name].fillna(meant[name]) for name in names})


def violation(code: str, message: str, hint: str = "", row: int | None = None) -> Violation:
    """A plain violation; `row` counts data rows from 0, the line lies one below the header."""
    line = None if row is None else row + 2
    return {"code": code, "message": message, "hint": hint, "line": line}


def _columns(given: pd.DataFrame, task: Task) -> Iterator[Violation]:
    have, want = list(given.columns), list(task.sample_columns)
    missing = [name for name in want if name not in have]
    extra = [name for name in have if name not in want]
    hint = f"The columns are {', '.join(want[:6])}{', ...' if len(want) > 6 else ''}."
    if missing:
        yield violation("IIML601", f"columns are missing: {_listed(missing)}", hint)
    if extra:
        yield violation("IIML601", f"columns are not asked for: {_listed(extra)}", hint)
    if not missing and not extra and have != want:
        yield violation("IIML601", "the columns stand in another order than in the sample", hint)


def _rows(given: pd.DataFrame, folder: Path, task: Task) -> Iterator[Violation]:
    """Every test row once, in the order of the test or of the sample submission."""
    layout = find_layout(folder, task)
    answers, count = len(task.long.names) if task.long else 1, rows_asked(layout, task)
    if len(given) != count:
        asked = "row" if answers == 1 else f"row and each of {answers} targets"
        message = f"{len(given):,} rows, but the test has {count:,}"
        yield violation("IIML602", message, f"One row for each test {asked}.")
        return
    for name in task.copied_columns:
        values = layout.texts("test", name)
        if values is not None:
            yield from _copied(given[name], values)
    if task.sample_id_column is not None:
        orders = _wanted_ids(layout, folder, task, task.sample_id_column)
        yield from _ids(given[task.sample_id_column], orders)


def _ids(given: pd.Series, orders: list[list[str]]) -> Iterator[Violation]:
    """Known ids, none twice, in one of the orders that are fine."""
    if not orders:
        return
    ids, known = [canonical(str(value)) for value in given], set(orders[0])
    strange = [row for row, value in enumerate(ids) if value not in known]
    twice = given.duplicated().to_numpy().nonzero()[0]
    if strange:
        shown = given.iloc[strange[0]]
        message = f"{len(strange):,} ids are not in the test, such as {shown}"
        yield violation("IIML602", message, "Copy the ids of the test.", strange[0])
    elif len(twice) and len(known) == len(ids):
        message = f"{len(twice):,} ids stand twice, such as {given.iloc[twice[0]]}"
        yield violation("IIML602", message, "One row for each id.", int(twice[0]))
    elif ids not in orders:
        pairs = enumerate(zip(ids, orders[0], strict=True))
        row = next(row for row, (mine, wanted) in pairs if mine != wanted)
        hint = "Rows stand in the order of the test."
        yield violation("IIML603", "the ids stand in another order than in the test", hint, row)


def _wanted_ids(layout: Layout, folder: Path, task: Task, name: str) -> list[list[str]]:
    """Orders of ids that are fine: the test's, and the sample submission's if it has the rows."""
    orders = []
    known = layout.texts("test", task.id_column) if task.id_column else None
    real = layout.real_rows()
    if known is not None and real is not None:
        known = [known[row - layout.train_rows] for row in real[layout.train_rows :]]
    if known is not None:
        ids = long_ids(known, task.long) if task.long else known
        orders.append([canonical(one) for one in ids])
    sample = folder / task.sample_file
    if sample.is_file():
        table = read_texts(sample, task.sample_form)
        if len(table) == rows_asked(layout, task) and name in table:
            orders.append([canonical(str(value)) for value in table[name]])
    return orders


def _copied(given: pd.Series, test: list[str]) -> Iterator[Violation]:
    differs = [
        row
        for row, (ours, old) in enumerate(zip(given.fillna(""), test, strict=True))
        if ours != old
    ]
    if differs:
        message = f"{given.name} is not that of the test in {len(differs):,} rows"
        yield violation("IIML602", message, "Copy the test's columns unchanged.", differs[0])


def _cells(cells: pd.Series, task: Task) -> Iterator[Violation]:
    """Gaps, kinds and ranges of one answer column; the first kind of trouble is enough."""
    gaps = cells.isna().to_numpy()
    if gaps.any():
        message = f"{cells.name} is empty or NaN in {gaps.sum():,} rows"
        yield violation("IIML604", message, "Every row needs an answer.", int(np.argmax(gaps)))
    elif task.answer == "label" and task.classes:
        yield from _labels(cells, task.classes)
    elif task.answer == "ranked_labels":
        yield from _rankings(cells, task)
    elif task.layout.label_cell is not None and task.answer == "label_list":
        yield from _label_lists(cells, task.layout.label_cell)
    else:
        yield from _numbers(cells, task)


def _masks(given: pd.DataFrame, layout: PictureMasks) -> Iterator[Violation]:
    """Run lengths that lie in their pictures, sorted, each pixel once."""
    task, runs = layout.task, layout.task.layout.masks
    names = layout.texts("test", task.id_column or "") or []
    sizes = dict(zip(map(canonical, names), layout.sizes["test"], strict=True))
    cells = [str(cell) for cell in given[task.answer_columns[0]].fillna("")]
    asked = [sizes[canonical(str(name))] for name in given[task.sample_id_column]]
    if runs is not None:
        yield from (violation(*one) for one in mask_troubles(cells, asked, runs))


def _texts(cells: pd.Series, sources: list[str] | None) -> Iterator[Violation]:
    """A text in each row, but where there is none that it could be made from."""
    gaps = cells.isna().to_numpy()
    if sources is not None and len(sources) == len(gaps):
        gaps = gaps & np.array([bool(text.strip()) for text in sources], np.bool_)
    if gaps.any():
        message = f"{cells.name} is empty in {gaps.sum():,} rows"
        yield violation("IIML604", message, "Every row needs an answer.", int(np.argmax(gaps)))


def _labels(cells: pd.Series, classes: tuple[str, ...]) -> Iterator[Violation]:
    allowed = set(classes)
    wrong = [row for row, value in enumerate(cells) if str(value) not in allowed]
    if not wrong:
        return
    shown = str(cells.iloc[wrong[0]])
    hint = f"Labels are {_listed(list(classes))}."
    if canonical(shown) in {canonical(label) for label in classes}:
        message = f"{cells.name} writes {shown!r} for a label that is written otherwise in train"
        yield violation("IIML605", message, hint, wrong[0])
        return
    message = f"{cells.name} has {len(wrong):,} unknown labels, such as {shown!r}"
    yield violation("IIML606", message, hint, wrong[0])


def _label_lists(cells: pd.Series, cell: LabelCell) -> Iterator[Violation]:
    """Known labels with their mark between them."""
    known = set(cell.labels)
    for row, text in enumerate(cells):
        strange = [part for part in str(text).split(cell.separator) if part.strip() not in known]
        if strange:
            message = f"{cells.name} has the unknown label {strange[0]!r}"
            yield violation("IIML606", message, f"Labels are {_listed(list(cell.labels))}.", row)
            return


def _rankings(cells: pd.Series, task: Task) -> Iterator[Violation]:
    """Known labels with spaces between them, none twice, and no more than count."""
    known = dict.fromkeys(task.classes)
    for row, text in enumerate(cells):
        labels = str(text).split()
        strange = [label for label in labels if label not in known]
        if strange:
            message = f"{cells.name} has the unknown label {strange[0]!r}"
        elif len(set(labels)) < len(labels):
            message = f"{cells.name} has a label twice in {text!r}"
        elif len(labels) > task.most_labels:
            message = f"{cells.name} has {len(labels)} labels in {text!r}"
        else:
            continue
        hint = f"Up to {task.most_labels} labels, the likeliest first: {_listed(list(known))}."
        yield violation("IIML606", message, hint, row)
        return


def _numbers(cells: pd.Series, task: Task) -> Iterator[Violation]:
    import pandas as pd

    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64)
    bad = ~np.isfinite(numbers)
    if bad.any():
        row = int(np.argmax(bad))
        message = f"{cells.name} has {bad.sum():,} cells that are no finite number"
        yield violation("IIML605", f"{message}, such as {cells.iloc[row]!r}", "", row)
        return
    probable = task.answer in ("probability", "class_probabilities")
    low = 0.0 if probable or task.metric in LOG_METRICS else -np.inf
    outside = (numbers < low) | (numbers > (1.0 if probable else np.inf))
    if outside.any():
        row = int(np.argmax(outside))
        limits = "between 0 and 1" if probable else f"at least 0, as {task.metric} takes logarithms"
        shown = cells.iloc[row]
        message = f"{cells.name} has {outside.sum():,} values out of range, such as {shown}"
        yield violation("IIML607", message, f"Values are {limits}.", row)


def _answers(given: pd.DataFrame, task: Task) -> pd.DataFrame:
    return given[list(task.answer_columns)].astype(float)


def _sums(given: pd.DataFrame, task: Task) -> Iterator[Violation]:
    """Probabilities of classes add up to one in each row."""
    if task.answer != "class_probabilities" or task.long:
        return
    off = np.abs(_answers(given, task).sum(axis=1).to_numpy() - 1)
    if (off > SUM_TOLERANCE).any():
        row = int(np.argmax(off))
        message = f"probabilities of a row add up to {1 + off[row]:.4f} or so, not to 1"
        yield violation("IIML608", message, "Divide each row by its sum.", row)


def _constant(given: pd.DataFrame, task: Task) -> Iterator[Violation]:
    """The same answer everywhere is a failure of the model, not an answer."""
    if len(given) < CONSTANT_FROM_ROWS:
        return
    if (given[list(task.answer_columns)].nunique() == 1).all():
        yield violation("IIML609", "every row has the same answer", "Did the model learn anything?")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
