"""The competition folder: where things lie, and that a user's files are sacred."""

from __future__ import annotations

from pathlib import Path

import pytest

from iiml_codegen.errors import CompetitionError
from iiml_codegen.files import write_atomically
from iiml_codegen.workspace import Workspace

FIRST = "import os\n\n\ndef a():\n    return 1\n\n\ndef b():\n    return 2\n"
SECOND = FIRST.replace("return 2", "return 22")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path).create()


def prep(workspace: Workspace) -> str:
    return workspace.prep.read_bytes().decode()


def test_a_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CompetitionError, match="not a folder"):
        Workspace(tmp_path / "nothing")


def test_git_sees_modules_but_no_runs(workspace: Workspace) -> None:
    ignored = (workspace.home / ".gitignore").read_text("utf-8").split()
    assert "runs/" in ignored
    assert not any(line.endswith(".py") for line in ignored)


def test_a_gitignore_of_the_user_stays(workspace: Workspace) -> None:
    ignore = workspace.home / ".gitignore"
    ignore.write_text("mine\n", "utf-8")
    workspace.create()
    assert ignore.read_text("utf-8") == "mine\n"


def test_competitions_of_one_name_have_caches_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IIML_CACHE_DIR", str(tmp_path / "cache"))
    folders = [tmp_path / side / "bikes" for side in ("left", "right")]
    for folder in folders:
        folder.mkdir(parents=True)
    left, right = (Workspace(folder).cache_dir() for folder in folders)
    assert left != right
    assert left.parent == right.parent == (tmp_path / "cache").resolve()
    assert Workspace(folders[0]).cache_dir() == left


def test_an_atomic_write_keeps_permissions_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    (folder / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="irectory"):
        write_atomically(folder, b"new")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_module_nobody_touched_is_replaced(workspace: Workspace) -> None:
    assert workspace.promote("prep.py", FIRST).outcome == "written"
    assert workspace.promote("prep.py", FIRST).outcome == "unchanged"
    assert workspace.promote("prep.py", SECOND).outcome == "written"
    assert prep(workspace) == SECOND


def test_a_hand_edit_is_merged_with_what_is_new(workspace: Workspace) -> None:
    workspace.promote("prep.py", FIRST)
    workspace.prep.write_text(FIRST.replace("return 1", "return 11"), "utf-8")
    assert workspace.promote("prep.py", SECOND).outcome == "merged"
    assert prep(workspace) == SECOND.replace("return 1\n", "return 11\n")


def test_a_merge_happens_against_what_was_generated_last(workspace: Workspace) -> None:
    workspace.promote("prep.py", FIRST)
    workspace.prep.write_text(FIRST.replace("return 1", "return 11"), "utf-8")
    workspace.promote("prep.py", SECOND)
    workspace.promote("prep.py", FIRST)
    assert prep(workspace) == FIRST.replace("return 1", "return 11")


def test_a_conflict_keeps_the_users_text_and_shows_ours(workspace: Workspace) -> None:
    workspace.promote("prep.py", FIRST)
    mine = FIRST.replace("return 2", "return 3")
    workspace.prep.write_text(mine, "utf-8")
    promotion = workspace.promote("prep.py", SECOND)
    assert promotion.outcome == "conflict"
    assert prep(workspace) == mine
    assert promotion.proposed is not None
    assert promotion.proposed.read_text("utf-8") == SECOND


def test_taking_the_proposed_text_ends_the_conflict(workspace: Workspace) -> None:
    workspace.promote("prep.py", FIRST)
    workspace.prep.write_text(FIRST.replace("return 2", "return 3"), "utf-8")
    promotion = workspace.promote("prep.py", SECOND)
    assert promotion.proposed is not None
    workspace.prep.write_bytes(promotion.proposed.read_bytes())
    third = SECOND.replace("return 1", "return 111")
    assert workspace.promote("prep.py", third).outcome == "written"
    assert not promotion.proposed.exists()


def test_a_merge_that_is_no_python_any_more_is_a_conflict(workspace: Workspace) -> None:
    base = "x = (\n    1,\n    2,\n    3,\n)\ny = 1\n"
    workspace.promote("prep.py", base)
    mine = base.replace("x = (\n", "x = [\n").replace("\n)\n", "\n]\n")
    workspace.prep.write_text(mine, "utf-8")
    theirs = base.replace("    2,\n", "    *(2,\n    2),\n").replace("y = 1", "y = )1(")
    assert workspace.promote("prep.py", theirs).outcome == "conflict"
    assert prep(workspace) == mine


def test_newlines_and_byte_order_mark_of_the_user_survive_a_merge(workspace: Workspace) -> None:
    workspace.promote("prep.py", FIRST)
    edited = FIRST.replace("return 1", "return '🚲'").replace("\n", "\r\n")
    workspace.prep.write_bytes(b"\xef\xbb\xbf" + edited.encode())
    assert workspace.promote("prep.py", SECOND).outcome == "merged"
    expected = SECOND.replace("return 1", "return '🚲'").replace("\n", "\r\n")
    assert workspace.prep.read_bytes() == b"\xef\xbb\xbf" + expected.encode()


def test_a_module_that_we_never_wrote_is_the_users(workspace: Workspace) -> None:
    workspace.prep.write_text("mine = 1\n", "utf-8")
    assert workspace.promote("prep.py", FIRST).outcome == "conflict"
    assert prep(workspace) == "mine = 1\n"


def test_killed_between_two_writes_our_text_is_not_taken_for_a_hand_edit(
    workspace: Workspace,
) -> None:
    workspace.promote("prep.py", FIRST)
    (workspace.generated / "prep.py.pending").write_text(SECOND, "utf-8")
    workspace.prep.write_text(SECOND, "utf-8")
    third = FIRST.replace("return 2", "return 222")
    assert workspace.promote("prep.py", third).outcome == "written"
    assert prep(workspace) == third


def test_our_submission_is_replaced_and_a_foreign_one_kept_aside(
    workspace: Workspace, tmp_path: Path
) -> None:
    ours, better = tmp_path / "a.csv", tmp_path / "b.csv"
    ours.write_bytes(b"id,y\n1,0\n")
    better.write_bytes(b"id,y\n1,1\n")
    workspace.submission.write_bytes(b"by hand\n")
    kept = workspace.replace_submission(ours).kept
    assert kept is not None
    assert kept.name == "submission.yours-1.csv"
    assert kept.read_bytes() == b"by hand\n"
    assert workspace.replace_submission(better).kept is None
    assert workspace.submission.read_bytes() == better.read_bytes()


def test_a_second_foreign_submission_does_not_hide_the_first(
    workspace: Workspace, tmp_path: Path
) -> None:
    ours = tmp_path / "a.csv"
    ours.write_bytes(b"ours\n")
    for text in (b"first\n", b"second\n"):
        workspace.submission.write_bytes(text)
        workspace.replace_submission(ours)
    kept = [path.read_bytes() for path in sorted(tmp_path.glob("submission.yours-*.csv"))]
    assert kept == [b"first\n", b"second\n"]
