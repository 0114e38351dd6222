"""Patches and newer versions meet hand edits: merged where they can be, refused with the lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from iiml_codegen.promotion import merge_patch
from iiml_codegen.viewing.verify_files import module_files, proposals
from iiml_codegen.workspace import Workspace

BEFORE = """import pandas as pd

NUMBERS = ["age", "incme"]


def prepare(data_dir):
    train = pd.read_csv(data_dir / "train.csv")
    return {"features_train": train[NUMBERS]}
"""
AFTER = BEFORE.replace("incme", "income")


@pytest.fixture
def undo(tmp_path: Path) -> Path:
    return tmp_path / "undo"


@pytest.fixture
def prep(tmp_path: Path) -> Path:
    return tmp_path / "prep.py"


def test_a_patch_of_what_lies_there_is_written_and_the_old_text_kept(
    prep: Path, undo: Path
) -> None:
    prep.write_text(BEFORE, "utf-8")
    patched = merge_patch(prep, BEFORE, AFTER, undo)
    assert patched.outcome == "written"
    assert prep.read_text("utf-8") == AFTER
    assert patched.kept is not None and patched.kept.read_text("utf-8") == BEFORE
    assert merge_patch(prep, BEFORE, AFTER, undo).outcome == "unchanged"


def test_a_patch_joins_what_a_person_wrote_meanwhile(prep: Path, undo: Path) -> None:
    mine = BEFORE.replace('"train.csv")', '"train.csv", sep=";")')
    prep.write_bytes(b"\xef\xbb\xbf" + mine.replace("\n", "\r\n").encode())
    patched = merge_patch(prep, BEFORE, AFTER, undo)
    assert patched.outcome == "merged"
    merged = prep.read_bytes()
    assert merged.startswith(b"\xef\xbb\xbf")
    assert merged.count(b"\r\n") == merged.count(b"\n")
    assert b'"income"' in merged and b'sep=";"' in merged


def test_a_patch_of_lines_that_a_person_changed_is_refused_with_the_lines(
    prep: Path, undo: Path
) -> None:
    mine = "# mine\n" + BEFORE.replace('"incme"', '"wage"')
    prep.write_text(mine, "utf-8")
    patched = merge_patch(prep, BEFORE, AFTER, undo)
    assert (patched.outcome, patched.conflicts) == ("conflict", ((4, 4),))
    assert prep.read_text("utf-8") == mine
    assert not undo.exists()


def test_a_merge_that_would_be_no_python_is_refused(prep: Path, undo: Path) -> None:
    before = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\n"
    broken = before.replace("e = 5\n", "e = (\n")
    prep.write_text(broken, "utf-8")
    patched = merge_patch(prep, before, before.replace("a = 1", "a = 2"), undo)
    assert (patched.outcome, patched.conflicts) == ("conflict", ())
    assert prep.read_text("utf-8") == broken


def test_bytes_that_are_no_text_are_not_patched(prep: Path, undo: Path) -> None:
    prep.write_bytes(b"x = '\xff'\n")
    assert merge_patch(prep, BEFORE, AFTER, undo).outcome == "conflict"
    assert prep.read_bytes() == b"x = '\xff'\n"


def test_each_text_before_a_patch_is_kept_under_its_own_number(prep: Path, undo: Path) -> None:
    prep.write_text(BEFORE, "utf-8")
    merge_patch(prep, BEFORE, AFTER, undo)
    merge_patch(prep, AFTER, BEFORE, undo)
    assert [path.read_text("utf-8") for path in sorted(undo.iterdir())] == [BEFORE, AFTER]


def test_a_newer_version_that_waits_is_said_with_the_lines_that_conflict(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    workspace.promote("prep.py", BEFORE)
    workspace.prep.write_text(BEFORE.replace('"incme"', '"wage"'), "utf-8")
    promotion = workspace.promote("prep.py", AFTER)
    assert promotion.conflicts == ((3, 3),)
    (waiting,) = proposals(module_files(workspace))
    assert (waiting.code, waiting.severity, waiting.place.line) == ("IIML912", "information", 3)
    assert "prep.py.proposed; these lines conflict: 3" in waiting.message
    assert promotion.proposed is not None
    promotion.proposed.unlink()
    assert proposals(module_files(workspace)) == []
