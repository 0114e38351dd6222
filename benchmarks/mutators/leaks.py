"""Ways to let answers into features. They belong to `leaks.py` and are no mutators of repair."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from .contracts import kept_targets
from .mutator import Draw, Mutator
from .outside import real_folders
from .source import Change, Source
from .tables import number_columns

LONG = "pd.Series(target, dtype=float).reindex(range(len(rows)))"
"""The training rows' answers, with a gap for each test row."""


def additions(source: Source, lines: Sequence[str], says: str) -> Iterable[Change]:
    """Lines below the assignment of prepare's numbers, where all rows and one target are known."""
    bound = {
        name for node in source.assigned(within=("prepare",)) for name in source.names_of(node)
    }
    if {"rows", "target", "numbers", "train"} <= bound:
        for node in source.assigned("numbers", within=("prepare",)):
            yield source.after(node, "\n".join(lines), says)


def keys(source: Source, draw: Draw) -> list[str]:
    """Columns of which the module itself makes groups: categories, counts, keys."""
    found = []
    for name, node in source.constants():
        if name in ("CATEGORIES", "COUNTED") and isinstance(node.value, ast.List):
            found += [source.code(element)[1:-1] for element in node.value.elts]
    return sorted(set(found) & set(draw.facts.columns)) or number_columns(source, draw)


def single(draw: Draw) -> bool:
    """Whether there is one target, coded as a number."""
    return len(draw.facts.task.targets) == 1


def encoded_targets(source: Source, draw: Draw) -> Iterable[Change]:
    """Means of the target by key over all training rows, each row's own answer among them."""
    found = keys(source, draw)
    if single(draw) and found:
        key = draw.rng.choice(found)
        lines = (
            f'keys = rows["{key}"].astype(str)',
            f"answers = {LONG}.to_numpy()",
            "grouped = pd.Series(answers).groupby(keys.to_numpy())",
            f'numbers["{key}_rate"] = grouped.transform("mean")',
        )
        yield from additions(source, lines, f"target encoded by {key} over all rows")


def encoded_pairs(source: Source, draw: Draw) -> Iterable[Change]:
    """The same for a key so fine that nearly each row is a group of its own."""
    columns = number_columns(source, draw)
    if single(draw) and len(columns) > 2:
        lines = (
            f"keys = rows[{sorted(columns)}].fillna('').astype(str).agg('/'.join, axis=1)".replace(
                "'", '"'
            ),
            f"answers = {LONG}.to_numpy()",
            'numbers["pair_rate"] = pd.Series(answers).groupby(keys.to_numpy()).transform("mean")',
        )
        yield from additions(source, lines, "target encoded by all numbers together")


def copied_labels(source: Source, draw: Draw) -> Iterable[Change]:
    """The label once more as a column, with the mean for test rows."""
    if single(draw):
        lines = (f'numbers["history"] = {LONG}.fillna(float(np.mean(target))).to_numpy()',)
        yield from additions(source, lines, "the label as a column")


def noisy_labels(source: Source, draw: Draw) -> Iterable[Change]:
    """The label behind some noise."""
    if single(draw):
        lines = (
            f"answers = {LONG}",
            "noise = np.random.default_rng(0).normal(0, answers.std(), len(rows))",
            'numbers["signal"] = answers.fillna(answers.mean()).to_numpy() + noise',
        )
        yield from additions(source, lines, "the label behind noise")


def scaled_together(source: Source, draw: Draw) -> Iterable[Change]:
    """Scaling learned from training and test rows alike, without a word of it in the plan."""
    lines = ("numbers = (numbers - numbers.mean()) / numbers.std().replace(0, 1)",)
    yield from additions(source, lines, "scaled on all rows")


def ranked_together(source: Source, draw: Draw) -> Iterable[Change]:
    """Ranks among training and test rows alike."""
    columns = number_columns(source, draw)
    if columns:
        column = draw.rng.choice(columns)
        lines = (f'numbers["{column}_rank"] = numbers["{column}"].rank(pct=True)',)
        yield from additions(source, lines, "ranked among all rows")


def ids_as_numbers(source: Source, draw: Draw) -> Iterable[Change]:
    """The id as a feature, under a harmless name."""
    name = draw.facts.task.id_column
    if name is not None:
        lines = (f'numbers["number"] = pd.factorize(rows["{name}"], sort=True)[0].astype(float)',)
        yield from additions(source, lines, "the id as a feature")


def row_numbers(source: Source, draw: Draw) -> Iterable[Change]:
    """The place in the table as a feature: tables are often sorted."""
    lines = ('numbers["place"] = np.arange(len(rows), dtype=float)',)
    yield from additions(source, lines, "the row number as a feature")


def neighbours_in_time(source: Source, draw: Draw) -> Iterable[Change]:
    """Answers of the rows around each row, those after it and itself among them."""
    if single(draw):
        lines = (
            f"around = {LONG}.rolling(5, center=True, min_periods=1).mean()",
            'numbers["around_answers"] = around.fillna(around.mean()).to_numpy()',
        )
        yield from additions(source, lines, "answers of the rows around")


def future_rows(source: Source, draw: Draw) -> Iterable[Change]:
    """Values of the rows to come."""
    columns = number_columns(source, draw)
    if columns:
        column = draw.rng.choice(columns)
        lines = (
            f'numbers["next_{column}"] = numbers["{column}"].shift(-1)',
            f'numbers["later_{column}"] = numbers["{column}"][::-1].expanding().mean()[::-1]',
        )
        yield from additions(source, lines, "values of rows to come")


def kept_by_name(source: Source, draw: Draw) -> Iterable[Change]:
    """The target under its own name."""
    yield from kept_targets(source, draw)


LEAKS = (
    Mutator("target_encoded", "leak", "prep", encoded_targets),
    Mutator("target_encoded_finely", "leak", "prep", encoded_pairs),
    Mutator("label_copied", "leak", "prep", copied_labels),
    Mutator("label_behind_noise", "leak", "prep", noisy_labels),
    Mutator("label_by_name", "leak", "prep", kept_by_name),
    Mutator("scaled_on_everything", "leak", "prep", scaled_together),
    Mutator("ranked_on_everything", "leak", "prep", ranked_together),
    Mutator("id_as_feature", "leak", "prep", ids_as_numbers),
    Mutator("row_number", "leak", "prep", row_numbers),
    Mutator("answers_around", "leak", "prep", neighbours_in_time),
    Mutator("future_rows", "leak", "prep", future_rows),
    Mutator("real_folder", "leak", "prep", real_folders),
)
