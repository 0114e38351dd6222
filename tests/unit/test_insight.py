"""What a line of a module means, also after hand edits and while a text does not parse."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from processes.planned_folder import CANDIDATE, MODEL, PREP, SCORE, SCORED, planned_folder

from iiml_codegen.domain.contract import Observation
from iiml_codegen.domain.events import CandidateUpdated
from iiml_codegen.domain.wire import from_json
from iiml_codegen.insight.hovering import hover
from iiml_codegen.insight.reading import Reading
from iiml_codegen.insight.said import MOST_LINES, code, link, markdown, plain, prose
from iiml_codegen.insight.site import Insight, Site
from iiml_codegen.journal import Journal
from iiml_codegen.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return planned_folder(tmp_path_factory.mktemp("late") / "with blank é")


@pytest.fixture
def insight() -> Insight:
    return Insight(lambda path: None)


def at(text: str, piece: str) -> tuple[int, int]:
    """Line and column of the first place where a piece stands."""
    before = text[: text.index(piece)]
    return before.count("\n") + 1, len(before) - before.rfind("\n") - 1


def said(insight: Insight, path: Path, piece: str, text: str | None = None, on: str = "") -> str:
    """The plain hover at a piece of a file; `on` is the word inside it."""
    site = insight.site(path)
    assert site is not None
    if text is not None:
        site = replace(site, reading=Reading(text))
    line, column = at(site.reading.text, piece)
    found = hover(insight, site, line, column + piece.index(on))
    assert found is not None
    assert len(markdown(found.paragraphs).split("\n")) <= MOST_LINES
    return plain(found.paragraphs)


def site_with(insight: Insight, path: Path, text: str) -> Site:
    site = insight.site(path)
    assert site is not None
    return replace(site, reading=Reading(text))


def test_a_line_tells_its_step_its_reason_and_where_to_read_on(
    workspace: Workspace, insight: Insight
) -> None:
    told = said(insight, workspace.prep, "gaps = rows")
    assert told.startswith("P4 Flag the gaps · blueprint\n10% of age are missing")
    site = insight.site(workspace.prep)
    assert site is not None
    found = hover(insight, site, *at(PREP, "gaps = rows"))
    assert found is not None
    assert f"]({workspace.blueprint_page.as_uri()}#L{site.facts.page['P4']})" in markdown(
        found.paragraphs
    )


@pytest.mark.parametrize(
    ("piece", "told"),
    [
        ("return rows.fillna", "tidy is for P3 Read 2 columns as numbers"),
        ("NUMBERS = ", "NUMBERS is for P3 Read 2 columns as numbers"),
        ("return LEVELS", "lonely serves no step of the blueprint"),
        ('return {f"{view}', "halves helps to give what the contract lists: features_train"),
        ("features = pd.concat", "Puts together what P1, P3, P4 and P5 made"),
        ("data_dir: Path", "prepare carries out P1 to P5"),
        ("return {**halves", "Gives what the contract lists"),
        ("import pandas", "This module carries out P1 to P5"),
    ],
)
def test_lines_without_a_marker_belong_to_the_steps_that_use_them(
    workspace: Workspace, insight: Insight, piece: str, told: str
) -> None:
    assert said(insight, workspace.prep, piece).startswith(told)


def test_a_hand_edit_moves_lines_and_its_helper_belongs_to_the_step_that_calls_it(
    workspace: Workspace, insight: Insight
) -> None:
    helper = "def doubled(rows):\n    return rows * 2\n\n\ndef prepare("
    text = PREP.replace("def prepare(", helper).replace(
        "    gaps = rows", "    more = doubled(rows)\n    gaps = rows"
    )
    assert said(insight, workspace.prep, "return rows * 2", text).startswith(
        "doubled is for P4 Flag the gaps"
    )
    assert said(insight, workspace.prep, "more = ", text).startswith("P4 Flag the gaps")


def test_what_stands_between_the_steps_of_a_function_belongs_to_all_of_them(
    workspace: Workspace, insight: Insight
) -> None:
    text = PREP.replace("    # [P1] Read", "    most = LIMIT\n    # [P1] Read")
    text = text.replace("LEVELS = 3", "LEVELS = 3\nLIMIT = 4")
    assert said(insight, workspace.prep, "LIMIT = 4", text).startswith("LIMIT is for P1 to P5")


def test_a_text_that_does_not_parse_is_read_by_its_lines(
    workspace: Workspace, insight: Insight
) -> None:
    text = PREP.replace("numbers = as_numbers(rows, NUMBERS)", "numbers = as_numbers(rows, ")
    assert said(insight, workspace.prep, "numbers = as_numbers", text).startswith("P3 Read 2")
    assert said(insight, workspace.prep, "return rows.fillna", text).startswith("tidy is for P3")
    assert said(insight, workspace.prep, "stars = rows", text).startswith("P5 Count the stars")
    open_quote = PREP.replace('"""Fill gaps."""', '"""Fill gaps.')
    assert said(insight, workspace.prep, "def as_numbers", open_quote)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_and_a_byte_order_mark_change_nothing(
    workspace: Workspace, insight: Insight, end: str
) -> None:
    site = site_with(insight, workspace.prep, "\ufeff" + PREP.replace("\n", end))
    for piece, step in (("gaps = rows", "P4"), ("return rows.fillna", "P3")):
        assert site.reading.tie(at(PREP, piece)[0]).steps == (step,)


def test_an_output_tells_clause_and_what_it_was(workspace: Workspace, insight: Insight) -> None:
    told = said(insight, workspace.prep, "features = pd.concat")
    assert "features becomes features_train and features_test" in told
    assert "C1 features_train is a frame with one row per training row" in told
    assert "a frame of 60 × 4, float64 × 4, nothing missing, from 0 to 1 when prep ran last" in told
    assert "Such as age: 21.0, 35.0; stars ⭐: 1.0, 5.0" in told
    edited = PREP + "\n\nMORE = 1\n"
    assert "before the last edit" in said(
        insight, workspace.prep, '"target": target', edited, "tar"
    )


def test_a_column_tells_its_profile_and_what_became_of_it(
    workspace: Workspace, insight: Insight
) -> None:
    told = said(insight, workspace.prep, '[["stars ⭐"]]', on="⭐")
    assert "Column stars ⭐: number (float), 30 distinct, 10% missing in train, from 18" in told
    made = PREP.replace("LEVELS = 3", 'LEVELS = "age_missing"')
    assert "age_missing is a column of features_train: float64" in said(
        insight, workspace.prep, '"age_missing"', made, on="age"
    )


def test_a_models_parameter_tells_what_feeds_it_and_the_score(
    workspace: Workspace, insight: Insight
) -> None:
    path = workspace.model("traditional")
    rows = said(insight, path, "X: pd.DataFrame, y")
    assert "X is fed by features_train: named by clause C1 of the contract" in rows
    assert f"Made in prep.py, line {at(PREP, 'features = pd.concat')[0]}" in rows
    assert f"Score of {CANDIDATE}: Accuracy 0.825 ± 0.014, over 2 folds" in rows
    assert "y is fed by target" in said(insight, path, "y: np.ndarray")
    assert "seed is the seed of this fit" in said(insight, path, "seed: int")
    assert "model is what fit returned" in said(insight, path, "model: Any")
    assert "Score of" in said(insight, path, "STRENGTH = 1.0")
    candidate = workspace.candidate(CANDIDATE) / "model_traditional.py"
    assert f"Score of {CANDIDATE}" in said(insight, candidate, "LogisticRegression(C")


def test_a_new_score_is_told_at_once(tmp_path: Path, insight: Insight) -> None:
    workspace = planned_folder(tmp_path)
    assert "0.825" in said(insight, workspace.model("traditional"), "STRENGTH = 1.0")
    journal = Journal(workspace.journal)
    better = msgspec.structs.replace(SCORED, score=msgspec.structs.replace(SCORE, value=0.9125))
    journal.append(CandidateUpdated(candidate=better))
    journal.close()
    assert "0.9125" in said(insight, workspace.model("traditional"), "STRENGTH = 1.0")


def test_a_pipelines_line_is_that_of_its_module_or_the_harness(
    workspace: Workspace, insight: Insight
) -> None:
    path = workspace.pipeline("traditional")
    told = said(insight, path, "gaps = rows")
    assert told.startswith("P4 Flag the gaps")
    assert told.endswith(f"From prep.py, line {at(PREP, 'gaps = rows')[0]}")
    assert "X is fed by features_train" in said(insight, path, "X: pd.DataFrame, y")
    assert said(insight, path, "def parse_options").startswith("Harness, the same in every")
    assert "E2 Write 20 rows" in said(insight, path, "def write_submission")


def test_plans_that_are_missing_or_broken_leave_what_the_text_says(
    tmp_path: Path, insight: Insight
) -> None:
    workspace = planned_folder(tmp_path)
    for path in (workspace.contract, workspace.journal, workspace.profile):
        path.write_bytes(b"{ no plan")
    workspace.blueprint.unlink()
    told = said(insight, workspace.prep, "gaps = rows")
    assert told == "P4 Flag the gaps\n(there is no blueprint)"
    assert said(insight, workspace.model("traditional"), "X: pd.DataFrame, y")
    workspace.prep.unlink()
    assert insight.site(workspace.prep) is None
    assert said(insight, workspace.model("traditional"), "X: pd.DataFrame, y")


def test_only_modules_and_pipelines_of_a_competition_are_read(
    workspace: Workspace, insight: Insight
) -> None:
    other = workspace.folder / "prep.py"
    other.write_text(PREP, "utf-8")
    assert insight.site(other) is None
    assert insight.site(workspace.home / "notes.py") is None


def test_what_data_say_is_never_markdown() -> None:
    evil = "a`b](command:evil) <img src=x> [x](http://e.vil) www.e.vil $(bug) *b* \u202e\nnew"
    for line in (prose(evil), (code(evil),), (link(evil, "file:///x"),)):
        told = markdown([[line]])
        assert "\n" not in told
        assert "\u202e" not in told
        assert "http://e" not in outside_code(told)
        assert "<img" not in outside_code(told)
        assert "](command" not in outside_code(told)
    assert markdown([[prose("`a``<b>`")]]) == "`a` `<b>`"
    assert markdown([[prose("- no list")]]) == "\\- no list"
    assert markdown([[(code("a``b`"),)]]) == "``` a``b` ```"


def outside_code(text: str) -> str:
    """Markdown without its code spans and its escaped marks."""
    bare = re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    return re.sub(r"\\.", "", bare)


def test_observations_of_older_versions_are_still_read() -> None:
    old = '{"output": "y", "type": "array", "rows": 3, "columns": 1, "dtype": "i", "missing": 0}'
    assert from_json(old, Observation).examples == ()


def test_a_model_without_markers_still_tells_its_score(
    workspace: Workspace, insight: Insight
) -> None:
    bare = "\n".join(line for line in MODEL.split("\n") if "# [" not in line)
    told = said(insight, workspace.model("traditional"), "STRENGTH = 1.0", bare)
    assert f"Score of {CANDIDATE}" in told
