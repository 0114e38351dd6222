"""Which files the daemon takes for questions: those of a solver, and no other."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from iiml_codegen.backbones.backbone import Message
from iiml_codegen.backbones.editor import Question
from iiml_codegen.domain.events import EditorQuestion
from iiml_codegen.workspace import Workspace
from iiml_server.questions import NotReadable, place_of, read_question

ASKED = EditorQuestion(question="0f", file=".generated/questions/0f.json")


def question(name: str = "0f") -> Question:
    said = (Message("user", "why?"),)
    return Question(id=name, agent="improver", messages=said, schema=None, max_output=1, seconds=9)


def written(folder: Path, data: bytes) -> Workspace:
    folder.mkdir(exist_ok=True)
    workspace = Workspace(folder).create()
    path = workspace.home / ASKED.file
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    return workspace


def test_a_question_of_a_solver_is_read(tmp_path: Path) -> None:
    workspace = written(tmp_path, msgspec.json.encode(question()))
    assert read_question(place_of(workspace, ASKED), ASKED) == question()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("0f", ".generated/questions/../questions/0f.json"),
        ("0f", "../../secrets.json"),
        ("0f", "/etc/passwd"),
        ("0f", ".generated/questions/other.json"),
        ("../0f", ".generated/questions/../0f.json"),
        ("", ".generated/questions/.json"),
    ],
)
def test_a_question_lies_in_one_place_only(tmp_path: Path, name: str, file: str) -> None:
    workspace = written(tmp_path, b"{}")
    with pytest.raises(NotReadable, match="no place"):
        place_of(workspace, EditorQuestion(question=name, file=file))


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    workspace = written(tmp_path / "shop", b"")
    outside = tmp_path / "outside.json"
    outside.write_bytes(msgspec.json.encode(question()))
    path = workspace.home / ASKED.file
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises(NotReadable, match="link"):
        place_of(workspace, ASKED)
    path.unlink()
    path.parent.rmdir()
    path.parent.symlink_to(tmp_path)
    with pytest.raises(NotReadable, match="link"):
        place_of(workspace, ASKED)


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", msgspec.json.encode(question("other"))])
def test_what_is_no_question_is_not_asked(tmp_path: Path, data: bytes) -> None:
    workspace = written(tmp_path, data)
    with pytest.raises(NotReadable):
        read_question(place_of(workspace, ASKED), ASKED)


def test_a_question_that_nobody_waits_for_is_gone(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).create()
    with pytest.raises(NotReadable, match="no file"):
        read_question(place_of(workspace, ASKED), ASKED)
