"""What a clause says in English: one sentence that states all that is checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from iiml_codegen.domain.contract import Bounds, Clause, Setting

NOUNS = {
    "frame": "a frame",
    "series": "a series",
    "array": "an array",
    "sparse": "a sparse table",
    "tensor": "a tensor",
    "loader": "a loader",
    "config": "a configuration",
    "towers": "a dict of towers",
}
PLURALS = {"category": "categories", "boolean": "booleans", "text": "texts", "float": "floats"}
TABLES = {"train": "training", "test": "test"}
MOST_LISTED = 8
MIB = 1 << 20


def worded(clause: Clause, about: str = "") -> Clause:
    """The clause with its sentence."""
    return msgspec.structs.replace(clause, says=statement(clause, about))


def statement(clause: Clause, about: str = "") -> str:
    """The whole clause; `about` says what the output is for."""
    nouns = joined([NOUNS[kind] for kind in clause.kind], "or") or "there"
    head = f"`{clause.output}` is {nouns}"
    if clause.rows_like:
        head += f" with one row per {TABLES[clause.rows_like]} row"
    parts = [*row_words(clause), *column_words(clause), *value_words(clause), *size_words(clause)]
    told = f"{head}: {'; '.join(parts)}" if parts else head
    return f"{told} ({about})." if about else f"{told}."


def row_words(clause: Clause) -> Iterator[str]:
    """How rows stand."""
    if clause.in_order:
        yield "rows in the table's order"
    if clause.aligned_with:
        yield f"row by row beside `{clause.aligned_with}`"
    if clause.mirrors:
        yield ("equal to" if clause.shape == "target" else "in step with") + (
            f" the table's {listed(clause.mirrors)}"
        )
    if clause.unique:
        yield "no value twice"
    if clause.length is not None:
        yield f"{clause.length} elements"
    if clause.batch is not None:
        yield f"{clause.batch} rows in the first"
    if clause.parts is not None:
        yield f"each of {clause.parts} parts"


def column_words(clause: Clause) -> Iterator[str]:
    """Which columns there are, and which must not be."""
    if clause.columns:
        yield f"the columns {listed(clause.columns)}, in this order"
    if clause.width is not None:
        yield "one column" if clause.width == 1 else f"{clause.width} columns"
    if clause.same_columns_as:
        what = "columns and categories" if "frame" in clause.kind else "columns"
        yield f"{what} of `{clause.same_columns_as}`"
    if clause.same_categories_as:
        yield f"categories of `{clause.same_categories_as}`"
    if clause.towers:
        yield f"the towers {listed(clause.towers)}"
    if clause.forbidden_columns:
        yield f"never {listed(clause.forbidden_columns, 'or')}"
    if clause.shape == "features" and clause.rows_like == "train":
        yield "no copy of the target"


def value_words(clause: Clause) -> Iterator[str]:
    """What the values are."""
    if clause.labels is not None:
        yield f"codes 0 to {clause.labels - 1}"
    if clause.label_set:
        yield f"only the labels {listed([str(label) for label in clause.label_set])}"
    if clause.numeric:
        yield "numbers only"
    if clause.families:
        yield joined([PLURALS.get(name, f"{name}s") for name in clause.families], "or") + " only"
    for name, wanted in clause.dtypes.items():
        yield f"`{name}` of type {wanted}"
    if clause.bounds:
        yield span(clause.bounds)
    for name, bounds in clause.ranges.items():
        yield f"`{name}` {span(bounds)}"
    for name, count in clause.levels.items():
        yield f"`{name}` coded 0 to {count - 1}"
    for name, setting in clause.settings.items():
        yield f"`{name}` {setting_words(setting)}"
    gaps = [
        word for word, no in (("missing", clause.no_missing), ("infinite", clause.finite)) if no
    ]
    if gaps and clause.shape != "config":
        yield f"nothing {joined(gaps, 'or')}"


def size_words(clause: Clause) -> Iterator[str]:
    """What it may take."""
    if clause.stays_sparse:
        yield "stays sparse"
    if clause.min_zeros is not None:
        yield f"at least {clause.min_zeros:.0%} zeros"
    if clause.max_bytes is not None:
        yield (
            f"at most {clause.max_bytes / MIB:,.3g} MiB"
            if clause.max_bytes < 1000 * MIB
            else (f"at most {clause.max_bytes / MIB / 1024:,.3g} GiB")
        )


def setting_words(setting: Setting) -> str:
    """What a key of a configuration must be."""
    words: list[str] = [setting.type] if setting.type else []
    words += [span(setting.bounds)] if setting.bounds else []
    words += [f"one of {listed([str(one) for one in setting.one_of])}"] if setting.one_of else []
    return f"is there ({', '.join(words)})" if words else "is there"


def span(bounds: Bounds) -> str:
    """Bounds in words."""
    low, high = bounds
    if low is not None and high is not None:
        return f"from {low:g} to {high:g}"
    if low is not None:
        return f"at least {low:g}"
    return f"at most {high:g}" if high is not None else "any number"


def listed(names: Sequence[str], word: str = "and") -> str:
    """Names as code, the first few where there are many."""
    more = len(names) - MOST_LISTED
    quoted = [f"`{name}`" for name in names[:MOST_LISTED]]
    return ", ".join(quoted) + f" and {more} more" if more > 0 else joined(quoted, word)


def joined(items: Sequence[str], word: str) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return f" {word} ".join([", ".join(items[:-1]), items[-1]] if items[1:] else items)
