"""The coders compose modules that are formatted, marked and complete."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from iiml_codegen.domain.blueprint import Blueprint, FoldPlan, Member, Step
from iiml_codegen.domain.layout import Layout
from iiml_codegen.domain.wire import to_plain
from iiml_codegen.errors import GenerationError
from iiml_codegen.implementation.fragments import WRITERS
from iiml_codegen.implementation.modeling_coder import (
    ExpertModelingCoder,
    decision_text,
    fill_constants,
)
from iiml_codegen.implementation.preprocessing_coder import ExpertPreprocessingCoder
from iiml_codegen.implementation.recipes import excerpt, recipe_book
from iiml_codegen.implementation.rendering import import_block, literal

PICTURES: dict[str, object] = {
    "kind": "image",
    "name": "image",
    "default": "image",
    "column": "Photo",
    "train": "train/{}.jpg",
    "test": "test/{}.jpg",
}
PREP: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("read_tables", "Read", {"train_file": "train.csv", "test_file": "test.csv"}),
    ("class_target", "Target", {"target": "Survived", "classes": [0, 1]}),
    ("numbers", "Numbers", {"columns": ["Age", "Fare"]}),
    ("gaps", "Gaps", {"columns": ["Age"]}),
    ("categories", "Kinds", {"columns": ["Sex"]}),
    ("counts", "Counts", {"columns": ["Ticket"]}),
    ("name_parts", "Names", {"column": "Name", "target_means": True}),
    ("code_parts", "Tickets", {"column": "Ticket"}),
    ("separated_parts", "Cabins", {"column": "Cabin", "separator": "/"}),
    ("letters_by_place", "Letters", {"column": "Ticket"}),
    ("dates", "Dates", {"column": "Seen on", "format": "%Y%m%d"}),
    ("group_means", "Groups", {"key": "Ticket", "numbers": ["Age", "Fare"]}),
    ("clean_text", "Text", {"columns": ["Note", "Title"]}),
    ("text_view", "Words", {"view": "words", "recipe": "word_counts", "settings": {"longest": 2}}),
    ("text_view", "Codes", {"view": "word_codes", "recipe": "word_codes"}),
    ("text_form", "Form", {}),
    ("text_themes", "Themes", {"themes": 8, "source": None, "settings": {"rarest": 3}}),
    ("target_means", "Fates", {"columns": ["Ticket"]}),
    ("media_numbers", "Pictures", PICTURES),
    ("media_paths", "Paths", {"view": "pictures", "files": [PICTURES], "listed": True}),
    ("list_items", "Lists", {"column": "Friends"}),
    ("moments", "Moments", {"column": "Sailed"}),
    ("around_in_time", "Around", {"date": "Seen on", "numbers": ["Fare"]}),
    ("design", "Scaled", {}),
    ("combined", "Both", {"words": "words", "lists": ["Friends"]}),
)
OTHERS: dict[str, dict[str, object]] = {
    "text_pair": {"columns": ["Note", "Title"]},
    "like_numbers": {"groups": [["Fare", "Age"]]},
    "test_gaps": {"columns": ["Fare"]},
    "ways_on_earth": {"points": {"start": ["lat1", "lon1"], "end": ["lat2", "lon2"]}},
    "ways_on_plane": {"points": {"a": ["x1", "y1"], "b": ["x2", "y2"]}},
    "turned_places": {"points": {"house": ["lat", "lon"]}},
    "number_lists": {"column": "Spectrum", "places": 3, "counted": False},
    "text_target": {"target": "after"},
    "source_texts": {
        "column": "before",
        "sequence": "sentence",
        "order": "token",
        "beside": ["class"],
    },
    "pixels": {},
    "raster": {
        "columns": ["p0", "p1", "p2", "p3"],
        "pixels": 4,
        "in_cells": False,
        "name": "picture",
        "wide": 2,
        "colours": 1,
        "planes": False,
        "darkest": 0.0,
        "brightest": 255.0,
        "view": "shades",
        "measured": True,
    },
    "number_target": {"targets": ["y"]},
    "out_of_fold_residuals": {"classes": 3},
    "number_pairs": {},
    "beside_groups": {},
    "crossed_target_means": {},
    "history": {"file": "paid.csv", "form": {}, "keys": ["Name"]},
    "past_of_series": {
        "time": "Seen on",
        "format": "%Y%m%d",
        "keys": ["Ticket"],
        "targets": ["Fare"],
        "horizon": 7.0,
    },
    "along_sequences": {
        "column": "Ticket",
        "order": "Seen on",
        "date": True,
        "format": "%Y%m%d",
        "known": ["Seen on"],
        "numbers": ["Fare"],
        "timed": True,
        "ahead": False,
        "whole": False,
    },
    "past_windows": {
        "date": "Seen on",
        "format": "%Y%m%d",
        "known": [],
        "keys": ["Ticket"],
        "horizon": 7.0,
        "answered": True,
        "numbers": ["Fare"],
    },
    "read_rows": {
        "train_file": "train.csv",
        "test_file": "test.csv",
        "targets": ["y"],
        "layout": to_plain(Layout()),
    },
}
MEMBER = Member(
    name="lightgbm",
    track="traditional",
    template="lightgbm_classifier",
    view="features",
    constants={"CLASSES": 3, "PARAMS": {"num_leaves": 7}},
)


def blueprint(prep: tuple[tuple[str, str, dict[str, object]], ...] = PREP) -> Blueprint:
    """A plan with these prep steps and one member."""
    steps = [
        Step(id=f"P{n}", part="prep", key=key, title=title, why="", values=values)
        for n, (key, title, values) in enumerate(prep, 1)
    ]
    key, member = MEMBER.template, MEMBER.name
    steps.append(Step(id="M1", part="model", key=key, title="Trees", why="", member=member))
    steps.append(Step(id="T1", part="train", key=key, title="Stop early", why="", member=member))
    steps.append(Step(id="E2", part="eval", key="decide_argmax", title="Likeliest", why=""))
    folds = FoldPlan(strategy="random", folds=5, column=None, why="")
    return Blueprint(
        title="Ships", kind="multiclass", steps=tuple(steps), members=(MEMBER,), folds=folds
    )


def lint(folder: Path) -> str:
    """What ruff says of formatting, names and imports in a folder."""
    said = ""
    for command in (["format", "--diff"], ["check", "--select", "E,F,I"]):
        line = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "100"]
        said += subprocess.run([*line, folder], capture_output=True, text=True).stdout
    return said


TEXT_ONLY = tuple(
    step for step in PREP if step[0] in ("read_tables", "class_target", "clean_text", "text_view")
)


@pytest.mark.parametrize("prep", [PREP, TEXT_ONLY])
def test_generated_modules_are_formatted_and_clean(
    tmp_path: Path, prep: tuple[tuple[str, str, dict[str, object]], ...]
) -> None:
    (tmp_path / "prep.py").write_text(ExpertPreprocessingCoder().write(blueprint(prep)), "utf-8")
    model = ExpertModelingCoder().write(blueprint(), MEMBER)
    (tmp_path / "model_traditional.py").write_text(model, "utf-8")
    assert lint(tmp_path).replace("All checks passed!\n", "") == ""


def test_every_prep_step_has_its_marker_once() -> None:
    text = ExpertPreprocessingCoder().write(blueprint())
    for number, (_, title, _) in enumerate(PREP, 1):
        assert text.count(f"# [P{number}] {title}") == 1


def test_prep_imports_nothing_of_ours_and_defines_what_it_uses() -> None:
    text = ExpertPreprocessingCoder().write(blueprint())
    assert "workspace_templates" not in text and "iiml" not in text
    defined = {node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    assert {"extract", "prepare", "remember", "word_counts", "name_parts"} <= defined


def test_the_same_blueprint_gives_the_same_bytes() -> None:
    once, again = (ExpertPreprocessingCoder().write(blueprint()) for _ in range(2))
    assert once == again


NEEDS_FILES = ("text", "clean", "media", "combined")


def test_prep_without_text_and_media_has_no_extract() -> None:
    plain = tuple(step for step in PREP if not step[0].startswith(NEEDS_FILES))
    assert "def extract(" not in ExpertPreprocessingCoder().write(blueprint(plain))


def test_a_model_gets_its_constants_markers_and_decision() -> None:
    text = ExpertModelingCoder().write(blueprint(), MEMBER)
    assert "CLASSES = 3" in text and '"num_leaves": 7' in text
    assert "# [M1] Trees" in text and "# [T1] Stop early" in text and "View:" not in text
    assert "# [E2] Likeliest\ndef decide(" in text
    assert '"learning_rate"' in text, "settings that the plan does not name stay"


def test_the_decision_alone_is_a_module_that_runs() -> None:
    text = decision_text(ExpertModelingCoder().write(blueprint(), MEMBER))
    assert text is not None
    scope: dict[str, object] = {}
    exec(compile(text, "decision", "exec"), scope)
    assert callable(scope["decide"]) and "lightgbm" not in text


def test_an_unknown_recipe_or_constant_is_refused() -> None:
    with pytest.raises(GenerationError, match="unknown recipe"):
        ExpertPreprocessingCoder().write(blueprint((("magic", "Magic", {}),)))
    with pytest.raises(GenerationError, match="no constant LEAVES"):
        fill_constants("ROUNDS = 3\n", {"LEAVES": 3})


def test_every_fragment_names_recipes_that_exist() -> None:
    known, _ = recipe_book()
    values = {key: filled for key, _, filled in PREP} | OTHERS
    for key, write in WRITERS.items():
        assert set(write(values[key]).recipes) <= set(known), key


def test_prep_is_read_from_the_top_and_constants_stand_above_what_uses_them() -> None:
    tree = ast.parse(ExpertPreprocessingCoder().write(blueprint()))
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert functions[:4] == ["extract", "prepare", "read_text_table", "stack_rows"]
    assert functions.index("as_categories") + 1 == functions.index("frequent_levels")
    names = {
        node.targets[0].id: place
        for place, node in enumerate(tree.body)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    uses = next(n for n, node in enumerate(tree.body) if getattr(node, "name", "") == "date_parts")
    assert names["CALENDAR_PARTS"] == uses - 1
    prepare = next(n for n, node in enumerate(tree.body) if getattr(node, "name", "") == "prepare")
    assert names["NUMBERS"] < prepare


def test_prepare_says_which_models_read_a_view() -> None:
    text = ExpertPreprocessingCoder().write(blueprint())
    assert "    features: numbers and categories for trees, gaps allowed (lightgbm)\n" in text


def test_an_excerpt_brings_what_a_recipe_uses() -> None:
    taken = excerpt(["scaled"])
    text = "\n".join(taken.definitions)
    assert "def bent(" in text and "def remember(" in text
    assert {"import numpy as np", "import pandas as pd"} <= set(taken.imports)


@pytest.mark.parametrize(
    "value",
    [
        ["short", "list"],
        {"a": [1, 2.5, None], "b": ("x",)},
        [f"column_{n}" for n in range(80)],
        [f"column {n}" for n in range(80)],
        ['say "hi"', "it's", "back\\slash", "tab\t"],
        {f"key {n}": list(range(30)) for n in range(6)},
    ],
)
def test_a_literal_reads_back_as_its_value(value: object) -> None:
    assert eval(literal(value)) == value


def test_imports_are_merged_and_sorted() -> None:
    block = import_block(["import numpy as np", "from pathlib import Path", "from a import y, X"])
    assert block == "from pathlib import Path\n\nimport numpy as np\nfrom a import X, y"
