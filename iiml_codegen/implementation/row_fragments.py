"""Fragments that read rows which do not stand in one table a side, and what belongs to them.

`read_rows` is a function of its own in prep, as both `extract` and `prepare` call it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any

from iiml_codegen.domain.layout import FILE_COLUMN, TABLE_COLUMN
from iiml_codegen.implementation.folding import folded
from iiml_codegen.implementation.fragment import Fragment, variable
from iiml_codegen.implementation.media_fragments import files_given
from iiml_codegen.implementation.rendering import flat_literal, raw_literal
from iiml_codegen.implementation.table_reads import date_read, table_read
from iiml_codegen.implementation.wide_fragments import wide_lines

INDENT = " " * 4
FILE_TEXT = "file_text"
TRAIN = re.compile(r"train(?:ing)?", re.IGNORECASE)
Line = tuple[str, tuple[str, ...]]
Lines = list[Line]
"""Lines of code, each with the recipes that it calls."""


def read_rows(values: dict[str, Any]) -> Fragment:
    """Both sides as frames of text, whatever they are made of."""
    if values["layout"].get("pixels"):
        return pixel_rows(values["layout"], values["targets"][0])
    lines = [
        *side_lines(values),
        *related_lines(values),
        *apart_lines(values),
        *answered_lines(values),
        *text_lines(values),
    ]
    recipes = tuple(dict.fromkeys(name for _, names in lines for name in names))
    call = "train, test = read_rows(data_dir)"
    stacked = "rows = stack_rows(train, test)"
    return Fragment(
        "prepare",
        (call, stacked),
        (*recipes, "stack_rows"),
        functions=(function([line for line, _ in lines]),),
    )


def pixel_rows(layout: dict[str, Any], target: str) -> Fragment:
    """The pixels of pictures, and what those of training pictures become."""
    pairs, partners = layout["pixels"], "shades_of_partners"
    suffixes = flat_literal(tuple(pairs["suffixes"]))
    train, test = (
        f"{side} = read_pixels(data_dir, {flat_literal(pairs[side])}, {suffixes})"
        for side in ("train", "test")
    )
    shown = f"{flat_literal(pairs['train'])}, {suffixes}, {flat_literal(pairs['answers'])}"
    told = f"shades_of_partners(data_dir, {shown}, {flat_literal(pairs['scale'])})"
    if layout.get("masks"):
        partners, told = "masks_of_partners", f"masks_of_partners(data_dir, {shown})"
    lines = [train, f"train[{flat_literal(target)}] = {told}", test]
    return Fragment(
        "prepare",
        ("train, test = read_rows(data_dir)",),
        ("read_pixels", partners),
        functions=(function(lines),),
    )


def pixels(values: dict[str, Any]) -> Fragment:
    """The view of pixels, whole pictures one after the other."""
    line = "pixels = stack_pixels(train, test)"
    return Fragment("extract", (line,), ("stack_pixels",), views={"pixels": "pixels"})


def function(lines: list[str]) -> str:
    """The text of `read_rows`."""
    body = [part for line in lines for part in folded(line, len(INDENT))]
    return "\n".join(
        [
            "def read_rows(data_dir: Path) -> tuple[pd.DataFrame, pd.DataFrame]:",
            f'{INDENT}"""Read the rows with answers and the rows that want one, cells as text."""',
            *(INDENT + line for line in body),
            f"{INDENT}return train, test",
        ]
    )


def side_lines(values: dict[str, Any]) -> Lines:
    """Where the rows of both sides come from, with labels that files tell."""
    layout = values["layout"]
    if layout.get("wide"):
        return wide_lines(values, layout["wide"])
    if layout.get("steps"):
        return step_lines(values, layout["steps"])
    if layout["train_files"]:
        train = [listing("train", layout["train_files"]), *label_lines(values)]
    elif layout.get("train_parts"):
        train = stack_lines(layout)
    else:
        train = [reading("train", values["train_file"], layout["train_form"])]
    if layout["test_files"]:
        return [*train, listing("test", layout["test_files"])]
    if layout["test_from_sample"]:
        return [*train, *sample_lines(values["sample"], several(values))]
    return [*train, reading("test", values["test_file"], layout["test_form"])]


def stack_lines(layout: dict[str, Any]) -> Lines:
    """Training tables of the same columns, below each other."""
    lines, entries = Lines(), []
    for name, file in layout["train_parts"].items():
        place = f"data_dir / {flat_literal(file)}"
        read, recipe = table_read("table", place, layout["train_form"])
        entries.append(f"{flat_literal(name)}: {read.removeprefix('table = ')}")
    lines.append((f"tables = {{{', '.join(entries)}}}", (recipe,)))
    stacked = f"train = stack_tables(tables, {flat_literal(TABLE_COLUMN)})"
    return [*lines, (stacked, ("stack_tables",))]


def step_lines(values: dict[str, Any], steps: dict[str, Any]) -> Lines:
    """The steps of sequences in cells: those with answers, and those that the sample asks for."""
    sample, layout = values["sample"], values["layout"]
    usual = {"near": 3, "before": "steps before", "after": "steps after"}
    told = "".join(
        f", {name}={flat_literal(steps[name])}"
        for name, value in usual.items()
        if steps[name] != value
    )
    shown = f"{flat_literal(list(steps['texts']))}, {flat_literal(list(steps['lists']))}{told}"
    asked = ", ".join(flat_literal(n) for n in (sample["id_column"], steps["key"], steps["joint"]))
    known = "answered_letters" if steps["characters"] else "answered_numbers"
    first = f", first={steps['first']}" if steps["first"] else ""
    return [
        reading("table", values["train_file"], layout["train_form"]),
        (f"answers = {known}(table, {flat_literal(list(values['targets']))})", (known,)),
        (f"train = rows_of_steps(table, answers, {shown})", ("rows_of_steps",)),
        reading("table", values["test_file"], layout["test_form"]),
        reading("sample", sample["file"], sample["form"]),
        (f"asked = asked_steps(sample, table, {asked}{first})", ("asked_steps",)),
        (f"test = rows_of_steps(table, asked, {shown})", ("rows_of_steps",)),
    ]


def reading(variable: str, file: str, form: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """One table as text."""
    line, recipe = table_read(variable, f"data_dir / {flat_literal(file)}", form)
    return line, (recipe,)


def related_reading(variable: str, related: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """A related table as text; that of the test, where there is one, stands below."""
    line, recipes = reading(variable, related["file"], related["form"])
    if not related.get("test_file"):
        return line, recipes
    other, more = reading("", related["test_file"], related["test_form"])
    first, second = line.removeprefix(f"{variable} = "), other.removeprefix(" = ")
    recipes = tuple(dict.fromkeys((*recipes, *more, "stack_rows")))
    return f"{variable} = stack_rows({first}, {second})", recipes


def listing(variable: str, files: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The files of one side."""
    shown = [files["folder"], tuple(files["suffixes"]), files["id_column"]]
    if files["id_from"] != "stem":
        shown.append(files["id_from"])
    arguments = ", ".join(flat_literal(value) for value in shown)
    return f"{variable} = list_files(data_dir, {arguments})", ("list_files",)


def label_lines(values: dict[str, Any]) -> Lines:
    """The labels of training files."""
    files, targets = values["layout"]["train_files"], values["targets"]
    place, files_of = f"train[{flat_literal(targets[0])}]", f"train[{flat_literal(FILE_COLUMN)}]"
    if files["label_from"] == "name":
        pattern = raw_literal(files["label_pattern"])
        return [(f"{place} = labels_in_names({files_of}, {pattern})", ("labels_in_names",))]
    if files["label_from"] == "folder":
        folder = flat_literal(files["folder"])
        return [(f"{place} = labels_in_folders({files_of}, {folder})", ("labels_in_folders",))]
    if files["label_from"] == "partner":
        partner, names = flat_literal(files["partner"]), flat_literal(list(targets))
        call = f"labels_of_partners(data_dir, {files_of}, {partner}, {names})"
        return [(f"train = train.join({call})", ("labels_of_partners",))]
    return []


def sample_lines(sample: dict[str, Any], targets: list[str]) -> Lines:
    """The rows that the sample submission lists."""
    line, names = reading("test", sample["file"], sample["form"])
    long = sample.get("long")
    if long is None:
        asked = list(sample["answer_columns"])
        answers = "TARGETS" if asked == targets else flat_literal(asked)
        return [(line, names), (f"test = rows_of_sample(test, {answers})", ("rows_of_sample",))]
    usual = {"template": "{id}_{target}", "factor": 0, "by_target": False, "called": ""}
    long = {**long, "called": sample.get("called", "")}
    if long["factor"]:
        long = {**long, "template": usual["template"]}
    told = "".join(
        f", {name}={flat_literal(long[name])}"
        for name, value in usual.items()
        if long[name] != value
    )
    shown = f"{flat_literal(sample['id_column'])}, {flat_literal(list(long['names']))}"
    taken = f"test = rows_of_long_sample(test, {shown}{told})"
    return [(line, names), (taken, ("rows_of_long_sample",))]


def related_lines(values: dict[str, Any]) -> Lines:
    """Labels and lookups in tables of their own; histories are summed up in a step each."""
    lines: Lines = []
    for related in values["layout"]["related"]:
        if related["role"] != "history":
            name = related_variable(related)
            lines += [related_reading(name, related), joining(name, related, values["targets"])]
    return list(dict.fromkeys(lines))


def joining(table: str, related: dict[str, Any], targets: Sequence[str]) -> Line:
    """The line that joins labels, or what a table says about each row."""
    keys = flat_literal(list(related["keys"]))
    if related["role"] == "labels":
        told = flat_literal(list(targets))
        return f"train = join_labels(train, {table}, {keys}, {told})", ("join_labels",)
    if related.get("table_keys"):
        called = dict(zip(related["table_keys"], related["keys"], strict=True))
        shown = f"{table}, {flat_literal(called)}, {flat_literal(related['named'])}"
        return f"train, test = join_lookup_as(train, test, {shown})", ("join_lookup_as",)
    hidden = related["hidden_columns"]
    left_out = f", {flat_literal(list(hidden))}" if hidden else ""
    joined = f"train, test = join_lookup(train, test, {table}, {keys}{left_out})"
    return joined, ("join_lookup",)


def apart_lines(values: dict[str, Any]) -> Lines:
    """A column of yes and no for each of the labels that stand in one cell."""
    cell = values["layout"].get("label_cell")
    if not cell:
        return []
    shown = ", ".join(flat_literal(cell[name]) for name in ("column", "separator"))
    labels = flat_literal(dict(zip(cell["names"], cell["labels"], strict=True)))
    if list(cell["labels"]) == several(values):
        labels = "{label: label for label in TARGETS}"
    hidden = f", hidden={flat_literal(cell['hidden'])}" if cell["hidden"] else ""
    return [(f"train = labels_apart(train, {shown}, {labels}{hidden})", ("labels_apart",))]


def several(values: dict[str, Any]) -> list[str]:
    """The targets where they are several, which prep calls TARGETS then."""
    targets = list(values["targets"])
    return targets if len(targets) > 1 else []


def answered_lines(values: dict[str, Any]) -> Lines:
    """Training rows without an answer are left out; words for numbers that miss are none."""
    if not values["layout"]["drop_unlabelled"]:
        return []
    shown = f"train = with_answers(train, {flat_literal(list(values['targets']))}"
    written = values.get("written")
    if written is None:
        return [(f"{shown})", ("with_answers",))]
    if not written:
        return [(f"{shown}, as_numbers)", ("with_answers", "as_numbers"))]
    marks = "".join(f", {name}={flat_literal(mark)}" for name, mark in written.items() if mark)
    return [(f"{shown}, as_written_numbers{marks})", ("with_answers", "as_written_numbers"))]


def table_variable(file: str, form: dict[str, Any]) -> str:
    """A table's name as a variable: `stores.csv` is `stores_table` if `stores` means something."""
    stem = form.get("part") or PurePosixPath(file).name.partition(".")[0]
    name = variable(stem).removesuffix("_column")
    return f"{name}_table"


def related_variable(related: dict[str, Any]) -> str:
    """A related table's name as a variable; of two tables, what both are called."""
    path = PurePosixPath(related["file"])
    if related.get("test_file"):
        path = path.with_name(without_side(path.name.partition(".")[0]))
    return table_variable(str(path), related["form"])


def without_side(name: str) -> str:
    """What the names of two tables have in common: `visits_train` and `visits_test` are visits."""
    words = re.split(r"(?<=[a-z])(?=[A-Z])|[\W_]+", name)
    return "_".join(word for word in words if word and not TRAIN.fullmatch(word)) or name


def text_lines(values: dict[str, Any]) -> Lines:
    """Contents of text files as a column."""
    lines: Lines = []
    for number, media in enumerate(m for m in values["layout"]["media"] if m["kind"] == "text"):
        name = flat_literal(text_column(number))
        for side in ("train", "test"):
            lister = "row_file_lists" if "*" in media[side] else "row_files"
            reader = "joined_texts" if "*" in media[side] else "texts_of_files"
            line = f"{side}[{name}] = {reader}({lister}({files_given(media, side)}))"
            lines.append((line, (lister, reader)))
    return lines


def text_column(number: int) -> str:
    """The column for the contents of one kind of text files, as the worker calls it too."""
    return FILE_TEXT if number == 0 else f"{FILE_TEXT}_{number + 1}"


def history(values: dict[str, Any]) -> Fragment:
    """What a table with several rows for each of ours says about it."""
    table = related_variable(values)
    name = re.sub(r"_table$", "", table)
    hidden = values.get("left_out", ())
    told = ", ".join(flat_literal(value) for value in (list(values["keys"]), name))
    told += f", fitted, left_out={flat_literal(list(hidden))}" if hidden else ", fitted"
    parted = values["form"].get("partitions")
    given, reader = table, "history_features"
    line, recipes = related_reading(table, values)
    if parted and set(parted) <= set(values["keys"]):
        given, reader, recipes = f"{name}_parts", "sums_of_partitions", ("partition_files",)
        places = [values[key] for key in ("file", "test_file") if values.get(key)]
        folders = ", ".join(f"data_dir / {flat_literal(place)}" for place in places)
        line = f"{given} = partition_files({folders})"
    call = f"{name}_sums = {reader}(rows, {given}, {told})"
    return Fragment("extract", (line, call), (*recipes, reader), {}, (f"{name}_sums",))


def past(values: dict[str, Any]) -> Fragment:
    """What each series was before, no nearer than the horizon."""
    column = f"rows[{flat_literal(values['time'])}]"
    call, readers = date_read(values.get("format"), column)
    if values.get("counted"):
        call, readers = f"counted_days({column})", ("counted_days",)
    lines = (
        f"moments = {call}",
        "past = past_of_series(rows, target, SERIES_TARGETS, SERIES, moments, HORIZON, fitted)",
    )
    constants = {
        "SERIES": list(values["keys"]),
        "SERIES_TARGETS": list(values["targets"]),
        "HORIZON": values["horizon"],
    }
    return Fragment("prepare", lines, (*readers, "past_of_series"), constants, ("past",))


ROW_WRITERS: dict[str, Callable[[dict[str, Any]], Fragment]] = {
    "read_rows": read_rows,
    "history": history,
    "past_of_series": past,
    "pixels": pixels,
}
