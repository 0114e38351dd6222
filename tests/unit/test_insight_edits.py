"""Where names lead, what can be typed, and renames of outputs across a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from processes.planned_folder import CANDIDATE, MODEL, PREP, planned_folder

from iiml_codegen.insight.offering import Offer, offers
from iiml_codegen.insight.reading import Reading
from iiml_codegen.insight.renaming import (
    RenameError,
    columns_of,
    module_edits,
    new_names,
    plan_edits,
    renamed_thing,
)
from iiml_codegen.insight.site import Insight, Site
from iiml_codegen.insight.targets import targets
from iiml_codegen.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return planned_folder(tmp_path_factory.mktemp("late"))


@pytest.fixture
def insight() -> Insight:
    return Insight(lambda path: None)


def at(text: str, piece: str, on: str = "") -> tuple[int, int]:
    """Line and column of a place in the first piece of a text."""
    before = text[: text.index(piece) + piece.index(on)]
    return before.count("\n") + 1, len(before) - before.rfind("\n") - 1


def site_of(insight: Insight, path: Path, text: str | None = None) -> Site:
    site = insight.site(path)
    assert site is not None
    return site if text is None else replace(site, reading=Reading(text))


def led(insight: Insight, site: Site, piece: str, on: str = "") -> list[tuple[str, int]]:
    found = targets(insight, site, *at(site.reading.text, piece, on))
    return [(one.path.name, one.line) for one in found]


def test_an_output_leads_to_where_prep_makes_it_and_to_its_clause(
    workspace: Workspace, insight: Insight
) -> None:
    made = ("prep.py", at(PREP, "features = pd.concat")[0])
    prep = site_of(insight, workspace.prep)
    clause = ("contract.json", prep.facts.clauses["C1"])
    assert '"id": "C1"' in workspace.contract.read_text("utf-8").split("\n")[clause[1] - 1]
    assert led(insight, prep, 'halves("features"', "features") == [made, clause]
    model = site_of(insight, workspace.model("traditional"))
    assert led(insight, model, "X: pd.DataFrame, y") == [made, clause]
    assert led(insight, model, "STRENGTH = 1.0") == []


def test_a_marker_leads_to_the_blueprint(workspace: Workspace, insight: Insight) -> None:
    site = site_of(insight, workspace.prep)
    ((name, line),) = led(insight, site, "# [P4]", "P4")
    assert name == "blueprint.md"
    assert workspace.blueprint_page.read_text("utf-8").split("\n")[line - 1].startswith("- **P4**")


def test_a_pipelines_line_leads_to_its_module_and_a_name_to_its_definition(
    workspace: Workspace, insight: Insight
) -> None:
    site = site_of(insight, workspace.pipeline("traditional"))
    own = at(site.reading.text, "def as_numbers")[0]
    place = ("prep.py", at(PREP, "numbers = as_numbers")[0])
    piece = "numbers = as_numbers"
    assert led(insight, site, piece, "as_numbers") == [place, (site.path.name, own)]
    found = targets(insight, site, *at(site.reading.text, piece))
    assert found[0].path == workspace.prep
    candidate = workspace.candidate(CANDIDATE) / "pipeline_traditional.py"
    found = targets(insight, site_of(insight, candidate), *at(site.reading.text, piece))
    assert found[0].path == candidate.with_name("prep.py")


def test_a_pipelines_line_leads_to_where_the_line_stands_after_a_hand_edit(
    tmp_path: Path, insight: Insight
) -> None:
    workspace = planned_folder(tmp_path)
    workspace.prep.write_text(PREP.replace("LEVELS = 3", "LEVELS = 3\nMORE = 4"), "utf-8")
    site = site_of(insight, workspace.pipeline("traditional"))
    line = at(PREP, "numbers = as_numbers")[0] + 1
    assert led(insight, site, "numbers = as_numbers") == [("prep.py", line)]


def offered(insight: Insight, site: Site, piece: str, on: str) -> list[Offer]:
    return offers(insight, site, *at(site.reading.text, piece, on))


def applied(text: str, offer: Offer, line: int) -> str:
    said = text.split("\n")[line - 1]
    return said[: offer.start] + offer.text + said[offer.end :]


@pytest.mark.parametrize("typed", ["    # [", "    # []", "    # [P"])
def test_markers_are_completed_by_the_steps_that_are_not_marked_yet(
    workspace: Workspace, insight: Insight, typed: str
) -> None:
    text = PREP.replace("    # [P4] Flag the gaps", typed)
    line, column = at(text, typed + "\n")[0], typed.index("[") + 1
    found = offers(insight, site_of(insight, workspace.prep, text), line, column)
    assert [one.label for one in found] == ["P4", "P1", "P2", "P3", "P5"]
    assert applied(text, found[0], line) == "    # [P4] Flag the gaps"
    model = MODEL.replace("    # [T1] Minimise the loss", typed)
    line = at(model, typed + "\n")[0]
    site = site_of(insight, workspace.model("traditional"), model)
    assert next(iter(offers(insight, site, line, column))).label == "T1"


def test_strings_are_completed_by_columns_and_outputs(
    workspace: Workspace, insight: Insight
) -> None:
    text = PREP.replace('rows[["age"]]', 'rows[[""]]').replace('"target": target', '"": target')
    site = site_of(insight, workspace.prep, text)
    picks = offered(insight, site, '[[""]]', '"]')
    assert [one.label for one in picks][:2] == ["age", "stars ⭐"]
    gives = offered(insight, site, '"": target', '": ')
    assert [one.label for one in gives][:3] == ["features_train", "features_test", "target"]
    assert offered(insight, site, '"""Fill gaps', "Fill") == []
    assert offered(insight, site, "numbers = as_numbers", "as_") == []
    unclosed = PREP.replace('rows[["age"]].isna()', 'rows["ag].isna()')
    site = site_of(insight, workspace.prep, unclosed)
    first = offered(insight, site, 'rows["ag].isna', "].isna")[0]
    line = at(unclosed, 'rows["ag]')[0]
    assert 'rows["age].isna()' in applied(unclosed, first, line)


def test_a_column_with_quotes_is_written_so_that_it_can_be_read(
    workspace: Workspace, insight: Insight
) -> None:
    site = site_of(insight, workspace.prep)
    assert site.facts.profile is not None
    odd = replace_first_column(site, 'a"b\\c')
    text = PREP.replace("LEVELS = 3", 'LEVELS = [""]')
    found = offers(insight, replace(odd, reading=Reading(text)), *at(text, 'LEVELS = [""]', '"]'))
    assert found[0].text == 'a\\"b\\\\c'


def replace_first_column(site: Site, name: str) -> Site:
    profile = site.facts.profile
    assert profile is not None
    column = msgspec.structs.replace(profile.columns[0], name=name)
    changed = msgspec.structs.replace(profile, columns=(column,))
    return replace(site, facts=replace(site.facts, profile=changed))


def rewritten(site: Site, old: str, new: str) -> list[str]:
    """The changed lines of a module with an output under another name."""
    names = new_names(site.facts, old, new)
    lines = list(site.reading.lines)
    columns = columns_of(site.facts)
    edits = module_edits(site.reading, site.path.name, names, columns)
    for edit in sorted(set(edits), key=lambda one: (one.line, -one.start)):
        said = lines[edit.line - 1]
        lines[edit.line - 1] = said[: edit.start] + edit.text + said[edit.end :]
    return [now for was, now in zip(site.reading.lines, lines, strict=True) if was != now]


def test_renaming_a_view_renames_both_halves_wherever_it_is_named(
    workspace: Workspace, insight: Insight
) -> None:
    site = site_of(insight, workspace.prep)
    (line,) = rewritten(site, "features", "rows")
    assert 'halves("rows", features' in line
    text = workspace.contract.read_text("utf-8")
    edits = plan_edits(text, new_names(site.facts, "features_train", "rows_train"), "name")
    changed = text.split("\n")
    for edit in sorted(edits, key=lambda one: (one.line, -one.start)):
        said = changed[edit.line - 1]
        changed[edit.line - 1] = said[: edit.start] + edit.text + said[edit.end :]
    now = "\n".join(changed)
    assert "features_train" not in now
    assert '"shape": "features"' in now
    assert '"name": "rows"' in now


@pytest.mark.parametrize(
    "given",
    [
        'outputs = {"target": target}\n    return outputs',
        'outputs: dict[str, Any] = {}\n    outputs["target"] = target\n    return outputs',
        'outputs = {}\n    outputs.update({"target": target})\n    return outputs',
        'return {"é😀": 1, "target": target}',
    ],
)
def test_outputs_are_found_however_prepare_gives_them(
    workspace: Workspace, insight: Insight, given: str
) -> None:
    start = PREP.index("    return {**halves")
    text = PREP[:start] + f'    other = rows["target"]\n    {given}\n'
    site = site_of(insight, workspace.prep, text)
    (line,) = rewritten(site, "target", "labels")
    assert '"labels"' in line
    with pytest.raises(RenameError, match="only called the same"):
        renamed_thing(site, *at(text, 'rows["target"]', "target"))


def test_a_parameter_of_a_model_is_renamed_with_its_output(
    workspace: Workspace, insight: Insight
) -> None:
    text = MODEL.replace("y: np.ndarray", "target: np.ndarray").replace("(X, y)", "(X, target)")
    site = site_of(insight, workspace.model("traditional"), text)
    lines = rewritten(site, "target", "labels")
    assert [line.strip() for line in lines] == [
        "def fit(X: pd.DataFrame, labels: np.ndarray, *, seed: int = 0) -> Any:",
        "return estimator.fit(X, labels)",
    ]
    with pytest.raises(RenameError, match="something else"):
        rewritten(site, "target", "estimator")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("target", "features_test", "another output"),
        ("target", "my target", "no name"),
        ("target", "class", "no name"),
        ("features_train", "rows", "must end in _train"),
    ],
)
def test_names_that_cannot_be_are_refused(
    workspace: Workspace, insight: Insight, old: str, new: str, why: str
) -> None:
    with pytest.raises(RenameError, match=why):
        new_names(site_of(insight, workspace.prep).facts, old, new)


def test_only_outputs_of_texts_that_parse_are_renamed(
    workspace: Workspace, insight: Insight
) -> None:
    site = site_of(insight, workspace.prep)
    for piece in ("numbers = as_numbers", 'rows[["age"]]', "# [P4]"):
        with pytest.raises(RenameError):
            renamed_thing(site, *at(PREP, piece, piece[-6:-3]))
    broken = site_of(insight, workspace.prep, PREP.replace("def prepare(", "def prepare(("))
    with pytest.raises(RenameError, match="does not parse"):
        rewritten(broken, "target", "labels")
    candidate = site_of(insight, workspace.candidate(CANDIDATE) / "prep.py")
    with pytest.raises(RenameError, match="beside it"):
        renamed_thing(candidate, *at(PREP, '"target"', "target"))
