"""Back to the generated text, with what the user wrote kept; and what an edit affects."""

from __future__ import annotations

from pathlib import Path

import pytest

from iiml_codegen.affected import Affected, affected, keep_scored
from iiml_codegen.cli import main
from iiml_codegen.errors import CompetitionError
from iiml_codegen.generated import generated_text, revert
from iiml_codegen.workspace import Workspace

PREP, MODEL = "def prepare():\n    return 1\n", "def fit():\n    return 2\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path).create()
    made.promote("prep.py", PREP)
    made.promote("model_traditional.py", MODEL)
    made.write_text(made.blueprint, "{}")
    return made


def scored(workspace: Workspace) -> None:
    keep_scored(workspace, "traditional", {"prep.py": PREP, "model_traditional.py": MODEL}, 0.75)


def test_a_module_goes_back_and_its_text_is_kept(workspace: Workspace) -> None:
    yours = PREP.replace("1", "3").encode() + "# süß\r\n".encode("latin-1")
    workspace.prep.write_bytes(yours)
    kept = revert(workspace, "prep.py")
    assert workspace.prep.read_text("utf-8") == PREP == generated_text(workspace, "prep.py")
    assert kept is not None and kept.read_bytes() == yours
    assert kept.parent == workspace.generated / "undo"


def test_a_module_that_was_removed_comes_back(workspace: Workspace) -> None:
    workspace.prep.unlink()
    assert revert(workspace, "prep.py") is None
    assert workspace.prep.read_text("utf-8") == PREP


def test_a_module_as_it_was_generated_is_not_written(workspace: Workspace) -> None:
    with pytest.raises(CompetitionError, match="is as it was generated"):
        revert(workspace, "prep.py")


@pytest.mark.parametrize("name", ["own.py", "../prep.py", "standing.json", "undo"])
def test_what_was_never_generated_has_no_text(workspace: Workspace, name: str) -> None:
    assert generated_text(workspace, name) is None
    with pytest.raises(CompetitionError, match=r"known: model_traditional\.py, prep\.py"):
        revert(workspace, name)


def test_the_command_says_where_your_text_went(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.prep.write_text("mine = 1\n", "utf-8")
    assert main(["revert", str(workspace.folder), "prep.py"]) == 0
    place = capsys.readouterr().out.rpartition(" ")[2].strip()
    assert Path(place).read_text("utf-8") == "mine = 1\n"


def test_a_track_that_was_scored_is_not_affected(workspace: Workspace) -> None:
    scored(workspace)
    (found,) = affected(workspace)
    assert found == Affected(track="traditional", affected=False, why="", score=0.75)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["prep.py"], "prep.py changed"),
        (["model_traditional.py"], "model_traditional.py changed"),
        (["prep.py", "blueprint.json"], "prep.py and the plan changed"),
    ],
)
def test_a_change_of_an_input_affects_its_track(
    workspace: Workspace, names: list[str], why: str
) -> None:
    scored(workspace)
    for name in names:
        path = workspace.home / name
        path.write_text(path.read_text("utf-8") + "\n# mine\n", "utf-8")
    (found,) = affected(workspace)
    assert (found.affected, found.why, found.score) == (True, why, 0.75)


def test_windows_newlines_change_nothing(workspace: Workspace) -> None:
    scored(workspace)
    workspace.prep.write_bytes(b"\xef\xbb\xbf" + PREP.replace("\n", "\r\n").encode())
    assert not affected(workspace)[0].affected


def test_a_module_that_is_missing_or_no_text_affects_its_track(workspace: Workspace) -> None:
    scored(workspace)
    workspace.prep.write_bytes(b"\xff\xfe\x00")
    assert affected(workspace)[0].why == "prep.py changed"
    workspace.prep.unlink()
    assert affected(workspace)[0].why == "prep.py changed"


def test_a_track_without_a_score_is_to_be_run(workspace: Workspace) -> None:
    assert affected(workspace)[0].why == "never scored"
    workspace.write_text(workspace.generated / "scored.json", "[1]")
    assert affected(workspace)[0].why == "never scored"


def test_a_folder_without_modules_has_no_tracks(tmp_path: Path) -> None:
    assert affected(Workspace(tmp_path)) == ()
