"""Preparation that goes wrong on live tables: gaps, infinities, shapes and types."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from iiml_codegen.domain.fault import FaultClass

from .mutator import Draw, Mutator, respelt
from .source import Change, Edit, Source

FRAMES = ("numbers", "features", "rows", "design")


def number_columns(source: Source, draw: Draw) -> list[str]:
    """Columns that the module itself reads as numbers, or all."""
    for name, node in source.constants():
        if name == "NUMBERS" and node.value is not None:
            words = [
                word
                for constant in ast.walk(node.value)
                if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
                for word in constant.value.split()
            ]
            return [word for word in words if word in draw.facts.columns]
    return []


def unfilled(source: Source, draw: Draw) -> Iterable[Change]:
    """Gaps are no longer filled."""
    for call in source.calls("fillna"):
        if isinstance(call.func, ast.Attribute):
            start, end = source.span(call.func.value)[1], source.span(call)[1]
            yield Change((Edit(start, end, ""),), f"no longer: {source.code(call)}")


def ratio_features(source: Source, draw: Draw) -> Iterable[Change]:
    """A ratio whose denominator may be zero."""
    columns = number_columns(source, draw)
    if len(columns) < 2:
        return
    for node in source.assigned("numbers", within=("prepare",)):
        a, b = draw.rng.sample(columns, 2)
        yield source.after(node, f'numbers["{a}_per_{b}"] = numbers["{a}"] / numbers["{b}"]')


def log_features(source: Source, draw: Draw) -> Iterable[Change]:
    """The logarithm of a column that has zeros or negative numbers."""
    columns = number_columns(source, draw)
    for node in source.assigned("numbers", within=("prepare",)):
        for a in draw.rng.sample(columns, min(len(columns), 6)):
            yield source.after(node, f'numbers["log_{a}"] = np.log(numbers["{a}"])')


def zeros_as_gaps(source: Source, draw: Draw) -> Iterable[Change]:
    """Zeros are taken for gaps, after gaps were filled."""
    for node in source.assigned("design", within=("prepare",)):
        yield source.after(node, "design = design.replace(0, np.nan)")
    for node in source.assigned("features"):
        yield source.after(node, "features = features.replace(0, np.inf)")


def word_fills(source: Source, draw: Draw) -> Iterable[Change]:
    """Gaps among numbers are filled with a word."""
    word = draw.rng.choice(["missing", "unknown", "NA"])
    for call in source.calls("fillna"):
        if call.args:
            yield source.swap(call.args[0], f'"{word}"')


def dropped_rows(source: Source, draw: Draw) -> Iterable[Change]:
    """Rows with gaps, or seen twice, are dropped from what the target still counts."""
    for node in source.assigned(*FRAMES, within=("prepare",)):
        name = source.code(node.targets[0])
        way = draw.rng.choice(["dropna()", "drop_duplicates()", "head(500)"])
        yield source.after(node, f"{name} = {name}.{way}.reset_index(drop=True)")


def wrong_counts(source: Source, draw: Draw) -> Iterable[Change]:
    """The border between train and test rows is set wrong."""
    for call in source.calls("len"):
        code = source.code(call)
        if code == "len(train)":
            options = ["len(test)", "len(train) - 1", "len(train) + 1", "len(train) // 2"]
            if not source.assigned("test", within=("prepare",)):
                options = options[1:]
            yield source.swap(call, draw.rng.choice(options))


def stacked_blocks(source: Source, draw: Draw) -> Iterable[Change]:
    """Columns are put below each other."""
    for call in source.calls("concat"):
        for keyword in call.keywords:
            if keyword.arg == "axis" and source.code(keyword.value) == "1":
                yield source.swap(keyword, "axis=0")


def lost_indexes(source: Source, draw: Draw) -> Iterable[Change]:
    """Two tables are put beside each other whose rows have other numbers."""
    for call in source.calls("reset_index"):
        if isinstance(call.func, ast.Attribute):
            start, end = source.span(call.func.value)[1], source.span(call)[1]
            yield Change((Edit(start, end, ""),), "index not reset")
    for call in source.calls("concat"):
        for keyword in call.keywords:
            if keyword.arg == "ignore_index":
                yield source.swap(keyword, "ignore_index=False")
    for call in source.calls("DataFrame"):
        for keyword in call.keywords:
            if keyword.arg == "index":
                yield source.swap(keyword, f"index=range(1, len({source.code(keyword.value)}) + 1)")


def text_columns(source: Source, draw: Draw) -> Iterable[Change]:
    """A column goes in as the text that was read."""
    rows = {n for node in source.assigned("rows", "train") for n in source.names_of(node)}
    if "rows" not in rows:
        return
    columns = number_columns(source, draw) or list(draw.facts.columns)
    for node in source.assigned("numbers", within=("prepare",)):
        column = draw.rng.choice(columns)
        yield source.after(node, f'numbers["{column}_text"] = rows["{column}"]')


def text_targets(source: Source, draw: Draw) -> Iterable[Change]:
    """The target stays the text that was read."""
    for node in source.assigned("target", within=("prepare",)):
        yield source.after(node, "target = target.astype(str)")
        yield source.after(node, "target = target.astype(object)")


def plain_categories(source: Source, draw: Draw) -> Iterable[Change]:
    """Categories stay texts."""
    for call in source.calls("Categorical"):
        yield source.swap(call, source.code(call.args[0]))


def whole_numbers(source: Source, draw: Draw) -> Iterable[Change]:
    """Numbers with gaps are made whole numbers."""
    for call in source.calls("astype"):
        node = call.args[0] if call.args else None
        if isinstance(node, ast.Constant) and node.value in ("float64", "float32"):
            new = draw.rng.choice(['"int64"', "int", '"int32"'])
            yield source.swap(node, new)


def short_floats(source: Source, draw: Draw) -> Iterable[Change]:
    """Numbers too large for their new type."""
    for node in source.assigned("numbers", within=("prepare",)):
        name = source.code(node.targets[0])
        yield source.after(node, f'{name} = {name}.astype("float16")')


PREP: FaultClass = "preprocessing"
MUTATORS = (
    Mutator("unfilled_gap", PREP, "prep", unfilled),
    Mutator("ratio_of_zero", PREP, "prep", ratio_features),
    Mutator("log_of_zero", PREP, "prep", log_features),
    Mutator("zeros_as_gaps", PREP, "prep", zeros_as_gaps),
    Mutator("word_as_fill", PREP, "prep", word_fills),
    respelt("plain_log", PREP, "either", r"np\.log1p\(", "np.log("),
    respelt("unguarded_spread", PREP, "prep", r" or 1\.0$", ""),
    Mutator("dropped_rows", "shape", "prep", dropped_rows),
    Mutator("wrong_count", "shape", "prep", wrong_counts),
    Mutator("stacked_blocks", "shape", "prep", stacked_blocks),
    Mutator("lost_index", "shape", "prep", lost_indexes),
    Mutator("text_column", "dtype", "prep", text_columns),
    Mutator("text_target", "dtype", "prep", text_targets),
    Mutator("plain_category", "dtype", "prep", plain_categories),
    Mutator("whole_numbers", "dtype", "prep", whole_numbers),
    Mutator("short_floats", "dtype", "prep", short_floats),
)
