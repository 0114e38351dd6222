"""Lists of long texts in cells are texts; lists of tags, numbers and objects stay lists."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from competitions.odd_road import Planned, walk

from iiml_codegen.worker.columns import columns_of
from iiml_codegen.worker.patterns import string_patterns, text_traits
from iiml_codegen.worker.roles import role_of
from iiml_codegen.worker.text_lists import joined
from workspace_templates.recipes.text_lists import joined_items

ROWS = 240
NOUNS = ("river", "engine", "garden", "planet", "doctor", "harbour", "letter", "violin")


def said(seed: int) -> list[list[str]]:
    """One turn or two of seven words."""
    rng = np.random.default_rng(seed)
    turns = [f'Tell me "all" about\n{" ".join(rng.choice(NOUNS, 4))}.' for _ in range(2 * ROWS)]
    return [turns[2 * row : 2 * row + 1 + row % 2] for row in range(ROWS)]


CELLS = [
    ('["How are you?", "Fine \\u00e9 \\ud83d\\ude02"]', "How are you?\nFine é 😂"),
    ("['It''s', 'two\\nlines', None]", "Its\ntwo\nlines"),
    ('["a half \\ud83d", null]', "a half �"),
    ("[]", ""),
    ("no list", "no list"),
    ("[torn", "[torn"),
]


@pytest.mark.parametrize(("cell", "text"), CELLS)
def test_items_are_joined_alike_where_they_are_measured_and_where_they_are_read(
    cell: str, text: str
) -> None:
    cells = pd.Series([cell], dtype=object)
    assert joined_items(cells).tolist() == [text]
    assert joined(cells).tolist() == [text]


def test_a_gap_is_an_empty_text() -> None:
    assert joined_items(pd.Series([None, np.nan, '["so"]'], dtype=object)).tolist() == [
        "",
        "",
        "so",
    ]


def kind_of(cells: list[object]) -> str:
    """The pattern that is seen in cells written as JSON."""
    (found,) = string_patterns(pd.Series([json.dumps(cell) for cell in cells]))
    return str(found["kind"])


def test_only_lists_of_long_texts_are_texts() -> None:
    rng = np.random.default_rng(0)
    assert kind_of(list(said(0))) == "text_list"
    assert kind_of([list(rng.choice(NOUNS, 3)) for _ in range(ROWS)]) == "list"
    assert kind_of([[f"user{n} of {n}"] for n in range(ROWS)]) == "list"
    assert kind_of([list(rng.random(3)) for _ in range(ROWS)]) == "list"
    objects = [[{"text": f"a long text about {n} and more"}] for n in range(ROWS)]
    assert kind_of(list(objects)) == "list"
    sentences = [f"the sentence with number {n} comes again" for n in range(8)]
    assert kind_of([list(rng.choice(sentences, 2)) for _ in range(ROWS)]) == "list"


def test_lists_of_texts_have_the_role_and_the_traits_of_their_texts() -> None:
    table = pd.DataFrame({"talk": [json.dumps(turns) for turns in said(0)]})
    (column,) = columns_of(table.iloc[:200], table.iloc[200:])
    assert role_of(column, None).name == "text"
    traits = text_traits(column.text, column.distinct)
    assert traits["mean_words"] == pytest.approx(12.0, abs=0.1)
    assert traits["escape_share"] == 0.0, "line breaks are escaped in JSON only"


def test_talks_are_read_as_texts_and_compared(tmp_path: Path) -> None:
    asked, answered = said(0), [turns[:1] for turns in said(1)]
    votes = [int(len(turns) > 1) for turns in asked]
    table = pd.DataFrame({"id": [f"r{n}" for n in range(ROWS)]})
    table["asked"] = [json.dumps(turns) for turns in asked]
    table["answered"] = [json.dumps(turns) for turns in answered]
    folder = tmp_path / "talks"
    folder.mkdir()
    train = table.iloc[:180].assign(kept=votes[:180])
    train.to_csv(folder / "train.csv", index=False)
    table.iloc[180:].to_csv(folder / "test.csv", index=False)
    sample = table.iloc[180:][["id"]].assign(kept=0)
    sample.to_csv(folder / "sample_submission.csv", index=False)
    plan = walk(folder, tmp_path / "work")
    assert isinstance(plan, Planned)
    steps = {step.key: step for step in plan.blueprint.steps}
    assert steps["clean_text"].values["lists"] == ["asked", "answered"]
    assert "are lists of texts" in steps["clean_text"].why
    assert "list_items" not in steps and "text_pair" in steps
    (tmp_path / "prep.py").write_text(plan.modules[0], "utf-8")
    spec = importlib.util.spec_from_file_location("talk_prep", tmp_path / "prep.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    given = module.prepare(folder, module.extract(folder, tmp_path))
    longer = given["features_train"]["asked_and_answered_longer"]
    assert longer.tolist() == [8.0 * (len(turns) - 1) for turns in asked[:180]]
    assert "joined_items(rows[name]) for name in TEXT_LISTS" in plan.modules[0]
