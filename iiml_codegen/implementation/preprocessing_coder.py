"""Preprocessing coder, answered by the expert: `prep.py` from the blueprint's prep steps."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from textwrap import wrap

from iiml_codegen.domain.blueprint import Blueprint, Step
from iiml_codegen.implementation.feature_names import need_plain_names
from iiml_codegen.implementation.folding import folded
from iiml_codegen.implementation.fragment import Fragment
from iiml_codegen.implementation.fragments import fragment
from iiml_codegen.implementation.reading_order import in_reading_order
from iiml_codegen.implementation.recipes import definitions_of, imports_of
from iiml_codegen.implementation.rendering import WIDTH, assignment, module_text, shortened
from iiml_codegen.planning.contract_plan import SPARSE, VIEW_KINDS

INDENT = " " * 4
MEDIA = {"image": "pictures", "audio": "sounds", "atoms": "atoms", "numbers": "files"}
READS = ("read_tables", "read_rows")
TARGETS = ("TARGET", "TARGETS")
TRAIN = re.compile(r"(?<!len\()\btrain\b")
IMPORTS = ("from pathlib import Path", "from typing import Any")


@dataclass(frozen=True)
class Written:
    """A step beside its code."""

    step: Step
    code: Fragment


class ExpertPreprocessingCoder:
    """Composes the recipes that the steps name, in their order, with a marker before each."""

    def write(self, blueprint: Blueprint) -> str:
        """The text of `prep.py`; raises GenerationError for a step without a recipe."""
        written = [Written(step, fragment(step)) for step in blueprint.part("prep")]
        extracted = [w for w in written if w.code.where == "extract"]
        prepared = [w for w in written if w.code.where == "prepare"]
        reads = next((w.code for w in prepared if w.step.key in READS), None)
        functions = [extract_function(extracted, reads)] if extracted else []
        functions.append(prepare_function(prepared, extracted, blueprint))
        names = [name for w in written for name in w.code.recipes]
        if any("pd.concat" in text for text in functions):
            names.append("useful_columns")
            names += ["plain_names"] if "plain_names(" in functions[-1] else []
        by_text = ("train_and_test", "read_text_columns")
        names += [name for name in by_text if f"{name}(" in functions[-1]]
        taken = definitions_of(names)
        constants = {k: v for w in written for k, v in w.code.constants.items()}
        functions += [text for w in written for text in w.code.functions]
        imports = [*IMPORTS, *imports_of(taken)]
        if any("pd." in text for text in functions):
            imports.append("import pandas as pd")
        if any("np." in text for text in functions):
            imports.append("import numpy as np")
        return module_text(
            f"{docstring(blueprint)}\n",
            imports,
            [assignment(k, v) for k, v in constants.items()],
            [*functions, *in_reading_order("\n".join(functions), taken)],
        )


def docstring(blueprint: Blueprint) -> str:
    """What the module is for."""
    title = shortened(blueprint.title.replace("\\", " ").replace('"', "'"), 60)
    return (
        f"Features for '{title}'.\n\n"
        "Train and test rows are prepared as one table: what needs no label is learned from both.\n"
        "`fitted` keeps what is learned, for a saved pipeline that prepares new rows."
    )


def has_features(written: list[Written]) -> bool:
    """Whether any step gives feature columns."""
    return any(w.code.features for w in written)


def marked(written: list[Written]) -> list[str]:
    """The lines of several steps, each under its marker."""
    lines = []
    for w in written:
        lines.append(f"# [{w.step.id}] {' '.join(w.step.title.split())}")
        lines.extend(part for line in w.code.lines for part in folded(line, len(INDENT)))
    return lines


def extract_function(written: list[Written], reads: Fragment | None) -> str:
    """`extract`: what needs no label and much time, for all rows at once; reads them once."""
    lines_needed = "\n".join(line for w in written for line in w.code.lines)
    reading = reads.lines if reads else ()
    if not re.search(r"\brows\b", lines_needed):
        reading = tuple(line for line in reading if not line.startswith("rows = "))
    views = {view: name for w in written for view, name in w.code.views.items()}
    blocks = {name: name for w in written for name in w.code.features}
    lines = [
        "def extract(",
        f"{INDENT}data_dir: Path, cache_dir: Path, fitted: dict[str, Any] | None = None",
        ") -> dict[str, Any]:",
        f'{INDENT}"""{about_extract(written)}, once for all rows: training, then test rows."""',
        f"{INDENT}fitted = {{}} if fitted is None else fitted",
        *(INDENT + part for line in reading for part in folded(line, len(INDENT))),
        *(INDENT + line for line in marked(written)),
        *(INDENT + line for line in display({**views, **blocks})),
    ]
    return "\n".join(lines)


def about_extract(written: list[Written]) -> str:
    """What `extract` does, in a few words."""
    keys = {w.step.key for w in written}
    if keys <= {"clean_text", "media_paths"}:
        found = {"clean_text": "clean the texts", "media_paths": "find the files"}
        return " and ".join(word for key, word in found.items() if key in keys).capitalize()
    kinds = [w.step.values["kind"] for w in written if w.step.key == "media_numbers"]
    sorts = {"pixels": "pixels", "clean_text": "texts", "history": "histories", "raster": "pixels"}
    words = [MEDIA[kind] for kind in kinds]
    words += [word for key, word in sorts.items() if key in keys]
    return f"Turn {' and '.join(dict.fromkeys(words)) or 'texts'} into tables"


def display(items: dict[str, str]) -> list[str]:
    """`return {…}` on one line, or one item per line where it is long."""
    rows = [f'"{key}": {expression}' for key, expression in items.items()]
    flat = f"return {{{', '.join(rows)}}}"
    if len(flat) + len(INDENT) <= WIDTH:
        return [flat]
    return ["return {", *(f"{INDENT}{row}," for row in rows), "}"]


def prepare_function(written: list[Written], extracted: list[Written], blueprint: Blueprint) -> str:
    """`prepare`: the views and the target, for train and for test."""
    argument = "extracted: dict[str, Any]" + ("" if extracted else " | None = None")
    late = [w for w in written if w.code.views or w.code.late]
    early = [w for w in written if w not in late]
    if not has_features(early):
        early = [only_train(w) if w.step.key in READS else w for w in early]
        early = only_targets(early, late)
    lines = [
        "def prepare(",
        f"{INDENT}data_dir: Path,",
        f"{INDENT}{argument},",
        f"{INDENT}fitted: dict[str, Any] | None = None,",
        ") -> dict[str, Any]:",
        *(INDENT + line if line else "" for line in about_views([*written, *extracted], blueprint)),
        f"{INDENT}fitted = {{}} if fitted is None else fitted",
        *(INDENT + line for line in marked(early)),
        *(INDENT + line for line in joined(early, extracted)),
        *(INDENT + line for line in marked(late)),
        *(INDENT + line for line in returned(early, late, extracted)),
    ]
    return "\n".join(lines)


def about_views(written: list[Written], blueprint: Blueprint) -> list[str]:
    """The docstring of `prepare`: its views, and the models that read each."""
    given = [view for w in written for view in w.code.views]
    given = ["features", *given] if has_features(written) else given
    readers = {
        view: [member.name for member in blueprint.members if view in member.views]
        for view in given
    }
    lines = ['"""Give the target, and what the models read: `<view>_train` and `<view>_test`.', ""]
    for view, names in readers.items():
        _, about = VIEW_KINDS.get(view, SPARSE)
        said = f"{view}: {about}" + (f" ({', '.join(names)})" if names else "")
        lines += wrap(said, WIDTH - len(INDENT), subsequent_indent=INDENT)
    return [*lines, '"""']


def only_train(read: Written) -> Written:
    """Read the training table alone, where prepare has nothing to do but the target."""
    line = read.code.lines[0].replace("train, test = ", "train, _ = ")
    return Written(read.step, replace(read.code, lines=(line,)))


def only_targets(early: list[Written], late: list[Written]) -> list[Written]:
    """Read no more of the training table than its targets, where the steps use nothing else."""
    others = [w.code for w in (*early, *late) if w.step.key not in READS]
    users = [code for code in others if any(TRAIN.search(line) for line in code.lines)]
    names = [name for code in users for name in TARGETS if name in code.constants]
    if len(users) != 1 or len(names) != 1:
        return early
    columns = "[TARGET]" if names == ["TARGET"] else "TARGETS"
    return [replace(w, code=with_columns(w.code, columns)) for w in early]


def with_columns(code: Fragment, columns: str) -> Fragment:
    """Code that reads these columns of delimited tables, and no others."""
    read = re.compile(r"\bread_text_table\((data_dir / \w+)")
    lines = tuple(read.sub(rf"read_text_columns(\1, {columns}", line) for line in code.lines)
    return replace(code, lines=lines)


def joined(early: list[Written], extracted: list[Written]) -> list[str]:
    """Put the feature blocks side by side and drop what says nothing."""
    blocks = [block for w in early for block in w.code.features]
    blocks += [f'extracted["{name}"]' for w in extracted for name in w.code.features]
    if not blocks:
        return []
    lines = ["blocks = [", *(f"{INDENT}{block}," for block in blocks), "]"]
    flat = f"blocks = [{', '.join(blocks)}]"
    if len(flat) + len(INDENT) <= WIDTH:
        lines = [flat]
    if extracted and any(w.code.features for w in extracted):
        lines.append("blocks = [block.reset_index(drop=True) for block in blocks]")
    table = "pd.concat(blocks, axis=1)"
    if need_plain_names(w.step for w in (*early, *extracted)):
        table = f"plain_names({table})"
    return [*lines, f"features = useful_columns({table}, fitted)"]


def returned(early: list[Written], late: list[Written], extracted: list[Written]) -> list[str]:
    """The outputs of `prepare` as a dict."""
    lines = ["return {"]
    if has_features(early) or has_features(extracted):
        lines.append(f'{INDENT}**train_and_test("features", features, len(train)),')
    for w in late:
        for view, name in w.code.views.items():
            if w.code.sliced:
                lines.append(f'{INDENT}"{view}_train": {name}[: len(train)],')
                lines.append(f'{INDENT}"{view}_test": {name}[len(train) :],')
            else:
                lines.append(f'{INDENT}**train_and_test("{view}", {name}, len(train)),')
    for w in extracted:
        for view in w.code.views:
            if w.code.sliced:
                lines.append(f'{INDENT}"{view}_train": extracted["{view}"][: len(train)],')
                lines.append(f'{INDENT}"{view}_test": extracted["{view}"][len(train) :],')
            else:
                taken = f'"{view}", extracted["{view}"], len(train)'
                lines.append(f"{INDENT}**train_and_test({taken}),")
    return [*lines, f'{INDENT}"target": target,', "}"]
